import type { LdapEntry } from './ldap-connection.ts';

/** The first value of an attribute as text; undefined when it has none, or only an empty one. */
export function textOf(entry: LdapEntry, attribute: string): string | undefined {
  const value = firstValue(entry, attribute);
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
  return text === '' ? undefined : text;
}

/** The first value of an attribute as bytes; undefined when it has none. */
export function bytesOf(entry: LdapEntry, attribute: string): Uint8Array | undefined {
  const value = firstValue(entry, attribute);
  return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'utf8')) : value;
}

/** The first value of an INTEGER or ENUMERATION attribute; undefined when it has none. */
export function integerOf(entry: LdapEntry, attribute: string): number | undefined {
  const text = textOf(entry, attribute);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function firstValue(entry: LdapEntry, attribute: string): string | Uint8Array | undefined {
  return valuesOf(entry, attribute)[0];
}

/** Names of attributes do not depend on letter case, and servers answer in their schema's. */
function valuesOf(entry: LdapEntry, attribute: string): (string | Buffer)[] {
  const wanted = attribute.toLowerCase();
  let value = entry[attribute];
  if (value === undefined) {
    for (const [name, candidate] of Object.entries(entry)) if (name.toLowerCase() === wanted) value = candidate;
  }
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
