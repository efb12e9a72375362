import { Reader, Writer } from '@ad-protocols/wire';

/** Kinds of attribute in a challenge's target information. @see [MS-NLMP] AV_PAIR (2.2.2.1) */
export const MSV_AV_EOL = 0;
export const MSV_AV_NB_COMPUTER_NAME = 1;
export const MSV_AV_NB_DOMAIN_NAME = 2;
export const MSV_AV_FLAGS = 6;
export const MSV_AV_TIMESTAMP = 7;
export const MSV_AV_TARGET_NAME = 9;
export const MSV_AV_CHANNEL_BINDINGS = 10;

/** Bytes of the kinds that have a length of their own. */
const fixedBytes: ReadonlyMap<number, number> = new Map([
  [MSV_AV_EOL, 0],
  [MSV_AV_FLAGS, 4],
  [MSV_AV_TIMESTAMP, 8],
  [MSV_AV_CHANNEL_BINDINGS, 16],
]);

/** One attribute. */
export interface AvPair {
  readonly id: number;
  readonly value: Uint8Array;
}

/**
 * The attributes up to the one that ends the list. Values are views of the input.
 *
 * Layout of each: id (2) ‖ length (2) ‖ value; the last has id 0 and no value. Flags have 4 bytes, a timestamp 8, channel
 * bindings 16.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED: the list has no end.
 * @throws {MalformedError} ERR_WIRE_MALFORMED: a value does not have the length of its kind.
 * @see [MS-NLMP] AV_PAIR (2.2.2.1)
 */
export function decodeAvPairs(bytes: Uint8Array): AvPair[] {
  const reader = new Reader(bytes, 'AV_PAIR');
  const pairs: AvPair[] = [];
  for (;;) {
    const id = reader.u16();
    const value = reader.bytes(reader.u16());
    const expected = fixedBytes.get(id);
    if (expected !== undefined && value.length !== expected) {
      throw reader.malformed(`attribute ${id} has ${value.length} bytes in place of ${expected}`);
    }
    if (id === MSV_AV_EOL) return pairs;
    pairs.push({ id, value });
  }
}

/** The bytes of a list of attributes, its end included. */
export function encodeAvPairs(pairs: readonly AvPair[]): Uint8Array {
  const writer = new Writer();
  for (const { id, value } of pairs) writer.u16(id).u16(value.length).bytes(value);
  return writer.u16(MSV_AV_EOL).u16(0).finish();
}

/** The value of the first attribute of this kind. */
export function avValue(pairs: readonly AvPair[], id: number): Uint8Array | undefined {
  return pairs.find((pair) => pair.id === id)?.value;
}
