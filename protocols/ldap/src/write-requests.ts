import { boolean, integer, octets, sequence, tags, type BerElement } from '@ad-protocols/asn1';
import { operationTags } from './operation-tags.ts';
import { encodeMessage, type Control } from './requests.ts';

const changes = { add: 0, delete: 1, replace: 2 } as const;
const NEW_SUPERIOR = 0x80;

/** An attribute with its values. */
export interface LdapAttribute {
  readonly name: string;
  readonly values: readonly Uint8Array[];
}

/** A new object. @see RFC 4511 §4.7 */
export interface LdapAddition {
  readonly dn: string;
  readonly attributes: readonly LdapAttribute[];
}

/** What becomes of an attribute: to delete no values is to delete all, to replace by no values as well. @see RFC 4511 §4.6 */
export interface LdapChange extends LdapAttribute {
  readonly change: keyof typeof changes;
}

/** Changes of one object, all of them or none. @see RFC 4511 §4.6 */
export interface LdapModification {
  readonly dn: string;
  readonly changes: readonly LdapChange[];
}

/** A new name of an object, or a new place. @see RFC 4511 §4.9 */
export interface LdapRenaming {
  readonly dn: string;
  /** Relative distinguished name: `CN=Alice`. */
  readonly newRdn: string;
  /** Keeps the value of the old name in its attribute; Active Directory never does. */
  readonly keepsOldRdn?: boolean | undefined;
  /** Distinguished name of the new parent; the same one unless given. */
  readonly newSuperior?: string | undefined;
}

/** The bytes of an addition. They hold the values: the caller wipes them when one is secret. @see RFC 4511 §4.7 */
export function encodeAddRequest(id: number, addition: LdapAddition, controls?: readonly Control[]): Uint8Array {
  const { dn, attributes } = addition;
  const request = sequence([octets(dn), sequence(attributes.map(encodeAttribute))], operationTags.addRequest);
  return encodeMessage(id, request, controls);
}

/** The bytes of a modification. They hold the values: the caller wipes them when one is secret. @see RFC 4511 §4.6 */
export function encodeModifyRequest(
  id: number,
  modification: LdapModification,
  controls?: readonly Control[],
): Uint8Array {
  const list = modification.changes.map((one) =>
    sequence([integer(changes[one.change], tags.enumerated), encodeAttribute(one)]),
  );
  const request = sequence([octets(modification.dn), sequence(list)], operationTags.modifyRequest);
  return encodeMessage(id, request, controls);
}

/** The bytes of a deletion, of an object that has none below it. @see RFC 4511 §4.8 */
export function encodeDeleteRequest(id: number, dn: string, controls?: readonly Control[]): Uint8Array {
  return encodeMessage(id, octets(dn, operationTags.deleteRequest), controls);
}

/** The bytes of a renaming. @see RFC 4511 §4.9 */
export function encodeModifyDnRequest(id: number, renaming: LdapRenaming, controls?: readonly Control[]): Uint8Array {
  const { dn, newRdn, keepsOldRdn = false, newSuperior } = renaming;
  const fields = [octets(dn), octets(newRdn), boolean(!keepsOldRdn)];
  if (newSuperior !== undefined) fields.push(octets(newSuperior, NEW_SUPERIOR));
  return encodeMessage(id, sequence(fields, operationTags.modifyDnRequest), controls);
}

function encodeAttribute({ name, values }: LdapAttribute): BerElement {
  return sequence([
    octets(name),
    sequence(
      values.map((value) => octets(value)),
      tags.set,
    ),
  ]);
}
