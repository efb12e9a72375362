import type { ObjectBatch, TenantObject } from '@causeway/contract';
import type { Attributes } from '@causeway/sync-rules';

type User = ObjectBatch['users'][number]['user'];
type Group = ObjectBatch['groups'][number]['group'];

/** Attributes of the tenant that have several values. */
const multiValued: ReadonlySet<string> = new Set(['proxyAddresses']);
/** Attributes of the tenant that are true or false. */
const truths: ReadonlySet<string> = new Set(['accountEnabled', 'securityEnabled']);

/** A user or group of the tenant as attributes of its connector space. */
export function attributesOf(object: TenantObject): Attributes {
  const attributes: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(object.type === 'user' ? object.user : object.group)) {
    if (value === undefined) continue;
    if (Array.isArray(value)) attributes[name] = value.map(String);
    else if (typeof value === 'boolean') attributes[name] = [value ? 'True' : 'False'];
    else attributes[name] = [String(value)];
  }
  return attributes;
}

/** A user of the tenant with these attributes. Rules that leave out what a user must have give an empty text there. */
export function userOf(attributes: Attributes): User {
  const values = valuesOf(attributes);
  return { accountName: '', userPrincipalName: '', accountEnabled: false, ...values };
}

/** A group of the tenant with these attributes. */
export function groupOf(attributes: Attributes): Group {
  const values = valuesOf(attributes);
  return { accountName: '', displayName: '', securityEnabled: false, ...values };
}

function valuesOf(attributes: Attributes): Record<string, string | boolean | string[]> {
  const values: Record<string, string | boolean | string[]> = {};
  for (const [name, all] of Object.entries(attributes)) {
    const [first] = all;
    if (first === undefined || name === 'member') continue;
    if (multiValued.has(name)) values[name] = [...all];
    else values[name] = truths.has(name) ? first === 'True' : first;
  }
  return values;
}
