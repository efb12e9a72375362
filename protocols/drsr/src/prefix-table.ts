import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';

/** A prefix of object identifiers in BER, in hexadecimal digits, and the number that stands for it. */
export type PrefixEntry = readonly [index: number, prefix: string];

/**
 * Prefixes that every domain controller numbers alike, and last what stands for "no schema signature known": 0xFF and 20
 * zeros.
 *
 * @see [MS-DRSR] ATTRTYP-to-OID Conversion (5.16.4), NewPrefixTable; SchemaInfo (5.181)
 */
const wellKnownPrefixes: readonly PrefixEntry[] = [
  [0, '5504'],
  [2, '2a864886f7140102'],
  [9, '2a864886f7140104'],
  [0, `ff${'00'.repeat(20)}`],
];
/** Set in the lower word when the last number of an OID does not fit it whole. */
const LONG_LAST_NUMBER = 0x8000;
const ENTRIES_MAX = 1_048_576;
/** Bytes of an entry before its prefix, at the least: index (4) ‖ length (4) ‖ pointer (4). */
const ENTRY_SIZE = 12;

/** The contents octets of an object identifier in BER. @throws {TypeError} when the text is not one. */
export function encodeOid(oid: string): Uint8Array {
  if (!/^[0-2]\.\d+(?:\.\d+)*$/.test(oid)) throw new TypeError(`not an object identifier: ${JSON.stringify(oid)}`);
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  const bytes: number[] = [];
  for (const number of [first * 40 + second, ...rest]) {
    const groups = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift(128 + (left % 128));
    bytes.push(...groups);
  }
  return Uint8Array.from(bytes);
}

function splitOid(oid: string): { prefix: string; lowerWord: number } {
  const last = Number(oid.slice(oid.lastIndexOf('.') + 1));
  const binary = encodeOid(oid);
  const prefix = Buffer.from(binary.subarray(0, binary.length - (last < 128 ? 1 : 2))).toString('hex');
  return { prefix, lowerWord: (last % 16_384) + (last < 16_384 ? 0 : LONG_LAST_NUMBER) };
}

/**
 * Translates object identifiers to the 32-bit attribute numbers of one message. The numbers hold only together
 * with the table that came with them.
 *
 * @see [MS-DRSR] SCHEMA_PREFIX_TABLE (5.180), ATTRTYP (5.14)
 */
export class PrefixTable {
  readonly #entries: readonly PrefixEntry[];
  readonly #indexByPrefix: ReadonlyMap<string, number>;

  private constructor(entries: readonly PrefixEntry[]) {
    this.#entries = entries;
    this.#indexByPrefix = new Map(entries.map(([index, prefix]) => [prefix, index]));
  }

  /** A table of these entries, the last of which is the schema signature. */
  static of(entries: readonly PrefixEntry[]): PrefixTable {
    return new PrefixTable(entries);
  }

  /** A table for a request: the well-known prefixes and no schema signature. */
  static wellKnown(): PrefixTable {
    return new PrefixTable(wellKnownPrefixes);
  }

  /** The entries as they are on the wire, the schema signature (under index 0) included. */
  get entries(): readonly PrefixEntry[] {
    return this.#entries;
  }

  /** The attribute number (ATTRTYP) of an OID, or undefined when the table lacks its prefix. */
  attributeType(oid: string): number | undefined {
    const { prefix, lowerWord } = splitOid(oid);
    const index = this.#indexByPrefix.get(prefix);
    return index === undefined ? undefined : index * 0x1_0000 + lowerWord;
  }

  /**
   * Writes the referent of the table's pointer: maximum count ‖ count × { index (4) ‖ length (4) ‖ pointer } ‖
   * count × { maximum count ‖ prefix }.
   */
  write(writer: NdrWriter): void {
    writer.maxCount(this.#entries.length);
    for (const [index, prefix] of this.#entries) {
      writer.startOfStructure(4, 8).u32(index);
      writer
        .startOfStructure(4, 8)
        .u32(prefix.length / 2)
        .pointer(true);
    }
    for (const [, prefix] of this.#entries) writer.conformantBytes(Buffer.from(prefix, 'hex'));
  }

  /** How many entries {@link PrefixTable.write} writes. */
  get count(): number {
    return this.#entries.length;
  }

  /** Reads the referent of the table's pointer; `count` is what the structure before it said. */
  static read(reader: NdrReader, count: number): PrefixTable {
    reader.sameCount(count, reader.maxCount(ENTRY_SIZE, ENTRIES_MAX));
    const heads = Array.from({ length: count }, () => {
      reader.startOfStructure(4, 8);
      const index = reader.u32();
      reader.startOfStructure(4, 8); // OID_t
      return { index, length: reader.u32(), present: reader.pointer() };
    });
    const entries: PrefixEntry[] = [];
    for (const { index, length, present } of heads) {
      const prefix = present ? reader.conformantBytes() : new Uint8Array();
      reader.sameCount(length, prefix.length);
      entries.push([index, Buffer.from(prefix).toString('hex')]);
    }
    return new PrefixTable(entries);
  }
}
