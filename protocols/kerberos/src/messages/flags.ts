import { bitString, type BerElement, type DerReader } from '@ad-protocols/asn1';

/** KDCOptions, the first in the highest bit. @see RFC 4120 §5.4.1; RFC 6806 §3 (canonicalize) */
export const kdcOptions = {
  forwardable: 0x4000_0000,
  proxiable: 0x1000_0000,
  renewable: 0x0080_0000,
  canonicalize: 0x0001_0000,
  renewableOk: 0x0000_0010,
  renew: 0x0000_0002,
} as const;

/** TicketFlags, the first in the highest bit. @see RFC 4120 §5.3; RFC 6806 §11 (encPaRep) */
export const ticketFlags = {
  forwardable: 0x4000_0000,
  renewable: 0x0080_0000,
  initial: 0x0040_0000,
  preAuthenticated: 0x0020_0000,
  okAsDelegate: 0x0004_0000,
  encPaRep: 0x0001_0000,
} as const;

/** APOptions. @see RFC 4120 §5.5.1 */
export const apOptions = { useSessionKey: 0x4000_0000, mutualRequired: 0x2000_0000 } as const;

/** KerberosFlags of 32 bits. @see RFC 4120 §5.2.8 */
export function kerberosFlags(flags: number): BerElement {
  return bitString(Uint8Array.of(flags >>> 24, flags >>> 16, flags >>> 8, flags));
}

/** The first 32 bits; those that are not there are 0, those after them are not known and do not count. */
export function readKerberosFlags(reader: DerReader): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = reader.bitString().bytes;
  return ((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0;
}
