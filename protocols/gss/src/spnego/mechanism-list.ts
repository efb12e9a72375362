import { encodeBer, objectIdentifier, sequence, type BerElement } from '@ad-protocols/asn1';
import { mechanismOids } from '../security-context.ts';

/** The element of a list of mechanisms, the preferred one first. @see RFC 4178 §4.1 MechTypeList */
export function mechTypeList(oids: readonly string[]): BerElement {
  return sequence(oids.map(objectIdentifier));
}

/**
 * What both sides sign at the end of a negotiation: the list as it stood in the first message, without the tag of its field.
 *
 * @see RFC 4178 §5, a)
 */
export function encodeMechTypeList(oids: readonly string[]): Uint8Array {
  return encodeBer(mechTypeList(oids));
}

/** Whether both numbers mean the same mechanism: Kerberos has two. @see [MS-SPNG] mechTypes Identification of Kerberos (3.1.5.2) */
export function sameMechanism(left: string, right: string): boolean {
  return standardOid(left) === standardOid(right);
}

function standardOid(oid: string): string {
  return oid === mechanismOids.microsoftKerberos ? mechanismOids.kerberos : oid;
}
