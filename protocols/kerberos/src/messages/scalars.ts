import type { DerReader } from '@ad-protocols/asn1';

/** Kerberos version 5. */
const PROTOCOL_VERSION = 5;

/** UInt32; some implementations write the upper half as negative numbers. @see RFC 4120 §5.2.4, §5.5.1 */
export function readUint32(reader: DerReader): number {
  return reader.integer(-0x8000_0000, 0xffff_ffff) >>> 0;
}

/** Microseconds from 0 to 999,999. @see RFC 4120 §5.2.4 */
export function readMicroseconds(reader: DerReader): number {
  return reader.integer(0, 999_999);
}

const controlCharacter = /\p{Cc}/u;

/**
 * Text, as realms and other names are. None has a control character, and such a name could make something else of a message
 * that it stands in.
 *
 * @see RFC 4120 §5.2.1, §6.1
 */
export function readText(reader: DerReader): string {
  const text = reader.generalString();
  if (controlCharacter.test(text)) throw reader.malformed('a name with a control character');
  return text;
}

/** Milliseconds since 1970, whole seconds. @see RFC 4120 §5.2.3 */
export function readTime(reader: DerReader): number {
  return reader.kerberosTime();
}

/** Refuses a version other than 5. */
export function readVersion(reader: DerReader): void {
  reader.integer(PROTOCOL_VERSION, PROTOCOL_VERSION);
}

/** The type of the message, which must be the one given. @see RFC 4120 §7.5.7 */
export function readMessageType(expected: number): (reader: DerReader) => number {
  return (reader) => reader.integer(expected, expected);
}
