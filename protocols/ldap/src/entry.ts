/** An object that a search found. Names of attributes are in lower case, for their case means nothing. */
export interface LdapEntry {
  /** Distinguished name. */
  readonly dn: string;
  /** The values of each attribute as bytes, in the server's order; views of what was received. */
  readonly attributes: ReadonlyMap<string, readonly Uint8Array[]>;
}

const textDecoder = new TextDecoder();

/** The first value of an attribute as bytes; undefined when it has none. */
export function bytesOf(entry: LdapEntry, attribute: string): Uint8Array | undefined {
  return entry.attributes.get(attribute.toLowerCase())?.[0];
}

/** The first value of an attribute as text; undefined when it has none, or only an empty one. */
export function textOf(entry: LdapEntry, attribute: string): string | undefined {
  const value = bytesOf(entry, attribute);
  return value === undefined || value.length === 0 ? undefined : textDecoder.decode(value);
}

/** The first value of an INTEGER or ENUMERATION attribute; undefined when it has none that is one. */
export function integerOf(entry: LdapEntry, attribute: string): number | undefined {
  const text = textOf(entry, attribute);
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
