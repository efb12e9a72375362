/** An attribute with its values; in a modification, no values remove the attribute. Names are LDAP display names. */
export interface Attribute {
  readonly name: string;
  readonly values: readonly Uint8Array[];
}

/**
 * One write to the managed domain. `dn` is a distinguished name; in a modification and a deletion also `<GUID=…>`, which
 * stays right when the object is renamed or moved in between.
 */
export type Operation =
  | { readonly kind: 'add'; readonly dn: string; readonly attributes: readonly Attribute[] }
  | { readonly kind: 'modify'; readonly dn: string; readonly replace: readonly Attribute[] }
  | { readonly kind: 'rename'; readonly dn: string; readonly rdn: string }
  | { readonly kind: 'delete'; readonly dn: string };

const encoder = new TextEncoder();

/** An attribute of texts. */
export function textAttribute(name: string, ...values: string[]): Attribute {
  return { name, values: values.map((value) => encoder.encode(value)) };
}

/** `CN=…` with the characters escaped that separate names. @see RFC 4514 section 2.4 */
export function formatCommonName(value: string): string {
  const escaped = value
    .replaceAll(/["+,;<=>\\]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[# ]/, '\\$&')
    .replace(/ $/, '\\ ');
  return `CN=${escaped}`;
}

/** Overwrites every value of these operations: after this no hash or key is left in them. */
export function wipeOperations(operations: readonly Operation[]): void {
  for (const operation of operations) {
    if (operation.kind === 'rename' || operation.kind === 'delete') continue;
    for (const { values } of operation.kind === 'add' ? operation.attributes : operation.replace) {
      for (const value of values) value.fill(0);
    }
  }
}
