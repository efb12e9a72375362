import { octets, tags, type BerElement } from './ber.ts';

/** An element of a GeneralString, which Active Directory fills with UTF-8. @see RFC 4120 §5.2.1; [MS-KILE] (3.1.5.11) */
export function generalString(text: string): BerElement {
  return octets(text, tags.generalString);
}

/** An element of a BIT STRING: whole bytes but for the last one's `unusedBits` (0 to 7) lowest bits, which must be 0. */
export function bitString(bytes: Uint8Array, unusedBits = 0): BerElement {
  const content = new Uint8Array(1 + bytes.length);
  content[0] = unusedBits;
  content.set(bytes, 1);
  return { tag: tags.bitString, content };
}

/**
 * An element of a GeneralizedTime in the one form that Kerberos allows, `YYYYMMDDHHMMSSZ` (15 bytes).
 * What is finer than a second is cut off.
 *
 * @param unixMs Milliseconds since 1970, from the year 0 to 9999.
 * @see RFC 4120 §5.2.3 KerberosTime
 */
export function kerberosTime(unixMs: number): BerElement {
  const text = new Date(unixMs).toISOString();
  return octets(`${text.slice(0, 19).replaceAll(/[-:T]/g, '')}Z`, tags.generalizedTime);
}
