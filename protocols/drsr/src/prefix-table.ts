import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';

/** Prefixes that every domain controller numbers alike. @see [MS-DRSR] ATTRTYP-to-OID Conversion (5.16.4), NewPrefixTable */
const wellKnownPrefixes: readonly (readonly [index: number, prefix: string])[] = [
  [0, '5504'],
  [2, '2a864886f7140102'],
  [9, '2a864886f7140104'],
];

/** Stands for "no schema signature known": 0xFF and 20 zeros. @see [MS-DRSR] SchemaInfo (5.181) */
const noSchemaSignature = `ff${'00'.repeat(20)}`;
/** Set in the lower word when the last number of an OID does not fit it whole. */
const LONG_LAST_NUMBER = 0x8000;
const ENTRIES_MAX = 1_048_576;
/** Bytes of an entry before its prefix: index (4) ‖ length (4) ‖ pointer (4). */
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
 * Translates object identifiers to the 32-bit attribute numbers of one message and back. The numbers hold only together
 * with the table that came with them.
 *
 * @see [MS-DRSR] SCHEMA_PREFIX_TABLE (5.180), ATTRTYP (5.14)
 */
export class PrefixTable {
  #indexByPrefix: Map<string, number>;

  private constructor(entries: Iterable<readonly [index: number, prefix: string]>) {
    this.#indexByPrefix = new Map();
    for (const [index, prefix] of entries) this.#indexByPrefix.set(prefix, index);
  }

  /** A table for a request: the well-known prefixes. */
  static wellKnown(): PrefixTable {
    return new PrefixTable(wellKnownPrefixes);
  }

  /** The attribute number (ATTRTYP) of an OID, or undefined when the table lacks its prefix. */
  attributeType(oid: string): number | undefined {
    const { prefix, lowerWord } = splitOid(oid);
    const index = this.#indexByPrefix.get(prefix);
    return index === undefined ? undefined : index * 0x1_0000 + lowerWord;
  }

  /**
   * Writes the referent of the table's pointer: maximum count (4) ‖ count × { index (4) ‖ length (4) ‖ pointer (4) } ‖
   * count × { maximum count (4) ‖ prefix }; last comes the schema signature under index 0.
   */
  write(writer: NdrWriter): void {
    const entries = this.#entries();
    writer.maxCount(entries.length);
    for (const [index, prefix] of entries) writer.u32(index).u32(prefix.length).pointer(true);
    for (const [, prefix] of entries) writer.conformantBytes(prefix);
  }

  /** How many entries {@link PrefixTable.write} writes. */
  get count(): number {
    return this.#indexByPrefix.size + 1;
  }

  #entries(): [index: number, prefix: Uint8Array][] {
    const entries = [...this.#indexByPrefix].map(([prefix, index]): [number, Uint8Array] => [
      index,
      Buffer.from(prefix, 'hex'),
    ]);
    return [...entries, [0, Buffer.from(noSchemaSignature, 'hex')]];
  }

  /** Reads the referent of the table's pointer; `count` is what the structure before it said. */
  static read(reader: NdrReader, count: number): PrefixTable {
    reader.sameCount(count, reader.maxCount(ENTRY_SIZE, ENTRIES_MAX));
    const heads = Array.from({ length: count }, () => ({
      index: reader.u32(),
      length: reader.u32(),
      present: reader.pointer(),
    }));
    const entries: [number, string][] = [];
    for (const { index, length, present } of heads) {
      const prefix = present ? reader.conformantBytes() : new Uint8Array();
      reader.sameCount(length, prefix.length);
      entries.push([index, Buffer.from(prefix).toString('hex')]);
    }
    return new PrefixTable(entries);
  }
}
