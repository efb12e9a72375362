import { allocateSecret, decodeUtf16, encodeUtf16, Reader, Writer } from '@ad-protocols/wire';

/**
 * One property of `supplementalCredentials`, its value still in hexadecimal digits as it is stored.
 *
 * @see [MS-SAMR] USER_PROPERTY (2.2.10.2)
 */
export interface UserProperty {
  readonly name: string;
  /** Two ASCII digits a byte; a view of the input where it was decoded. */
  readonly hexValue: Uint8Array;
}

/** Reserved1, Length, Reserved2 and Reserved3, which Length does not count. */
const HEADER_BYTES = 12;
/** Reserved4: UTF-16 spaces by custom, ignored on read. */
const PREFIX_BYTES = 96;
const PROPERTY_SIGNATURE = 0x50;
const STRUCTURE = 'USER_PROPERTIES';

/**
 * The properties in a value of `supplementalCredentials`, in the order they are stored; none for an empty value.
 *
 * Layout: Reserved (4) ‖ Length (4) ‖ Reserved (4) ‖ Reserved (96) ‖ signature 0x50 (2) ‖ count (2) ‖ properties ‖
 * Reserved (1), where Length counts from the 96 reserved bytes up to, and not with, the last byte. A value without
 * properties ends after the signature, or has a Length of 0. Values are views of `bytes`.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED also for the different form of AD LDS, which holds no Kerberos keys.
 * @see [MS-SAMR] USER_PROPERTIES (2.2.10.1)
 */
export function decodeUserProperties(bytes: Uint8Array): UserProperty[] {
  const reader = new Reader(bytes, STRUCTURE);
  const version = reader.u32();
  const length = reader.u32();
  reader.skip(4);
  const body = new Reader(reader.bytes(length), STRUCTURE);
  reader.skip(1);
  if (reader.remaining > 0) {
    // The other form has its version first, and then the number of its parts.
    const lightweight = version === 1 && length === 1;
    throw reader.malformed(lightweight ? 'the form of AD LDS' : `${reader.remaining} bytes after the end`);
  }
  if (length === 0) return [];

  body.skip(PREFIX_BYTES);
  if (body.u16() !== PROPERTY_SIGNATURE) throw body.malformed('the property signature is not 0x50');
  if (body.remaining === 0) return [];
  const count = body.u16();
  const properties: UserProperty[] = [];
  for (let index = 0; index < count; index += 1) {
    const nameLength = body.u16();
    const valueLength = body.u16();
    body.skip(2);
    properties.push({ name: decodeUtf16(body.bytes(nameLength)), hexValue: body.bytes(valueLength) });
  }
  if (body.remaining > 0) throw body.malformed(`${body.remaining} bytes after the last property`);
  return properties;
}

/** A property to store; `value` is not yet in hexadecimal digits. */
export interface NewUserProperty {
  readonly name: string;
  readonly value: Uint8Array;
}

/**
 * A value of `supplementalCredentials` that holds these properties; the counterpart of {@link decodeUserProperties}.
 *
 * Reserved bytes are as domain controllers write them: spaces, and zero at the end. Returns a fresh array.
 */
export function encodeUserProperties(properties: readonly NewUserProperty[]): Uint8Array {
  const writer = new Writer(2048).u32(0).u32(0).u32(0);
  for (let index = 0; index < PREFIX_BYTES; index += 2) writer.u16(0x20);
  writer.u16(PROPERTY_SIGNATURE).u16(properties.length);
  for (const { name, value } of properties) {
    const encodedName = encodeUtf16(name);
    writer.u16(encodedName.length).u16(value.length * 2);
    // Reserved. Domain controllers write 1 for the credential packages and 2 for the list of them.
    writer.u16(name.startsWith('Primary:') ? 1 : 2);
    writer.bytes(encodedName);
    writeHex(writer, value);
  }
  writer.patchU32(4, writer.length - HEADER_BYTES).u8(0);
  return writer.finish();
}

const hexDigits = new TextEncoder().encode('0123456789abcdef');

/** Byte by byte rather than through a string, which could not be wiped. */
function writeHex(writer: Writer, value: Uint8Array): void {
  for (const byte of value) writer.u8(hexDigits[byte >> 4] ?? 0).u8(hexDigits[byte & 0xf] ?? 0);
}

/**
 * The bytes that a property's hexadecimal digits stand for; upper and lower case are both in use. The caller wipes them.
 *
 * @throws {MalformedError} ERR_WIRE_MALFORMED for an odd number of digits or anything that is not one.
 */
export function decodeHexValue(property: UserProperty): Uint8Array {
  const reader = new Reader(property.hexValue, property.name);
  if (property.hexValue.length % 2 !== 0) throw reader.malformed('an odd number of hexadecimal digits');
  const value = allocateSecret(property.hexValue.length / 2);
  for (let index = 0; index < value.length; index += 1) {
    const high = digitValue(reader.u8());
    const low = digitValue(reader.u8());
    if (high === undefined || low === undefined) {
      value.fill(0);
      throw reader.malformed('not a hexadecimal digit');
    }
    value[index] = (high << 4) | low;
  }
  return value;
}

function digitValue(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
