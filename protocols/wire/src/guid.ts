import { Reader } from './reader.ts';

/**
 * A GUID in its text form, lower case without braces: `6ba7b810-9dad-11d1-80b4-00c04fd430c8`.
 *
 * Its 16 wire bytes hold the first three groups little-endian and the rest as they are read.
 *
 * @see [MS-DTYP] GUID (2.3.4)
 */
export type Guid = string & { readonly guid: unique symbol };

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const wireOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

const GUID_BYTES = 16;

/** The GUID of 16 zero bytes. */
export const nilGuid = '00000000-0000-0000-0000-000000000000' as Guid;

/**
 * The GUID that a text names; letter case and surrounding braces do not matter.
 *
 * @throws {TypeError} when the text is not a GUID.
 */
export function parseGuid(text: string): Guid {
  const bare = text.replace(/^\{(.*)\}$/, '$1').toLowerCase();
  if (!pattern.test(bare)) throw new TypeError(`not a GUID: ${JSON.stringify(text)}`);
  return bare as Guid;
}

/**
 * The GUID held in 16 wire bytes.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED for fewer bytes.
 * @throws {MalformedError} ERR_WIRE_MALFORMED for more.
 */
export function decodeGuid(wire: Uint8Array): Guid {
  const reader = new Reader(wire, 'GUID');
  reader.skip(GUID_BYTES);
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the end`);
  let hex = '';
  for (const index of wireOrder) hex += (wire[index] ?? 0).toString(16).padStart(2, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Guid;
}

/** The 16 wire bytes of a GUID. */
export function encodeGuid(guid: Guid): Uint8Array {
  const hex = guid.replaceAll('-', '');
  const wire = new Uint8Array(GUID_BYTES);
  wireOrder.forEach((target, index) => {
    wire[target] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
  });
  return wire;
}
