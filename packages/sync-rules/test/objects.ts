import {
  compileRules,
  parseSyncRules,
  type MergedObject,
  type RuleOptions,
  type RuleSet,
  type SourceObject,
} from '../src/index.ts';

export const clock = { now: () => Date.UTC(2026, 0, 31, 12) };

const connectors = [
  { name: 'corp.example', kind: 'ad' },
  { name: 'mail.example', kind: 'ad' },
  { name: 'tenant', kind: 'tenant' },
] as const;

/** A rule set of the built-in rules, and those of a text. */
export function ruleSet(text = '', options: RuleOptions = {}): RuleSet {
  return compileRules({ rules: [parseSyncRules(text, 'custom.yaml')], connectors, options, clock });
}

export function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}

export const guidA = base64('00112233445566778899aabbccddeeff');
export const guidB = base64('ffeeddccbbaa99887766554433221100');

/** `S-1-5-21-1-2-<domain>-<rid>` in binary. */
export function sid(rid: number, domain = 3): string {
  const bytes = Buffer.from('01050000000000051500000001000000020000000000000000000000', 'hex');
  bytes.writeUInt32LE(domain, 20);
  bytes.writeUInt32LE(rid, 24);
  return bytes.toString('base64');
}

type Values = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Attributes as lists; one that is undefined is not there. */
export function attributes(values: Values): Record<string, readonly string[]> {
  const result: Record<string, readonly string[]> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) result[name] = typeof value === 'string' ? [value] : value;
  }
  return result;
}

/** An ordinary enabled user, with what a test changes. */
export function user(changes: Values = {}, connector = 'corp.example', type = 'user'): SourceObject {
  return {
    connector,
    type,
    parameters: { 'Domain.FQDN': connector, 'Forest.FQDN': connector },
    attributes: attributes({
      sAMAccountName: 'alice',
      userAccountControl: '512',
      objectGUID: guidA,
      objectSid: sid(1104),
      cn: 'Alice',
      distinguishedName: 'CN=Alice,CN=Users,DC=corp,DC=example',
      ...changes,
    }),
  };
}

/** An ordinary security group, with what a test changes. */
export function group(changes: Values = {}, connector = 'corp.example'): SourceObject {
  return {
    connector,
    type: 'group',
    parameters: { 'Domain.FQDN': connector, 'Forest.FQDN': connector },
    attributes: attributes({
      sAMAccountName: 'staff',
      groupType: '-2147483646',
      objectGUID: guidB,
      objectSid: sid(1200),
      cn: 'Staff',
      distinguishedName: 'CN=Staff,CN=Users,DC=corp,DC=example',
      ...changes,
    }),
  };
}

/** The metaverse object of objects that are joined. */
export function mergedOf(rules: RuleSet, ...objects: readonly SourceObject[]): MergedObject {
  const parts = objects.map((object) => ({
    connectorRank: connectors.findIndex(({ name }) => name === object.connector),
    result: rules.inbound(object),
  }));
  return rules.merge(parts);
}

/** What the tenant is to have of objects that are joined. */
export function exported(rules: RuleSet, ...objects: readonly SourceObject[]): ReturnType<RuleSet['outbound']> {
  return rules.outbound('tenant', mergedOf(rules, ...objects));
}
