import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { decodeOid, encodeOid } from './object-identifier.ts';

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
/** A schema signature is no prefix, and has the index of one. Bytes: 0xFF (1) ‖ version (4) ‖ GUID (16). */
const SIGNATURE_BYTES = 21;
/** Index of the first prefix that is not well known; any number will do that the well-known ones do not have. */
const OWN_PREFIX_INDEX = 0x100;
/** Set in the lower word when the last number of an OID does not fit it whole. */
const LONG_LAST_NUMBER = 0x8000;
const ENTRIES_MAX = 1_048_576;
/** Bytes of an entry before its prefix, at the least: index (4) ‖ length (4) ‖ pointer (4). */
const ENTRY_SIZE = 12;

function splitOid(oid: string): { prefix: string; lowerWord: number } {
  const last = BigInt(oid.slice(oid.lastIndexOf('.') + 1));
  const binary = Buffer.from(encodeOid(oid));
  const prefix = binary.toString('hex', 0, binary.length - (last < 128n ? 1 : 2));
  return { prefix, lowerWord: Number(last % 16_384n) + (last < 16_384n ? 0 : LONG_LAST_NUMBER) };
}

const isSignature = ([index, prefix]: PrefixEntry): boolean =>
  index === 0 && prefix.startsWith('ff') && prefix.length === SIGNATURE_BYTES * 2;

/**
 * Translates object identifiers to the 32-bit numbers of attributes and classes in one message, and back. The numbers hold only
 * together with the table that came with them.
 *
 * @see [MS-DRSR] SCHEMA_PREFIX_TABLE (5.180), ATTRTYP (5.14)
 */
export class PrefixTable {
  readonly #entries: readonly PrefixEntry[];
  readonly #indexByPrefix: ReadonlyMap<string, number>;
  readonly #prefixByIndex: ReadonlyMap<number, string>;

  private constructor(entries: readonly PrefixEntry[]) {
    const prefixes = entries.filter((entry) => !isSignature(entry));
    this.#entries = entries;
    this.#indexByPrefix = new Map(prefixes.map(([index, prefix]) => [prefix, index]));
    this.#prefixByIndex = new Map(prefixes);
  }

  /** A table of these entries, the last of which is the schema signature. */
  static of(entries: readonly PrefixEntry[]): PrefixTable {
    return new PrefixTable(entries);
  }

  /** A table for a request that names nothing else: the well-known prefixes and no schema signature. */
  static wellKnown(): PrefixTable {
    return new PrefixTable(wellKnownPrefixes);
  }

  /**
   * A table for a request: the well-known prefixes, those that the object identifiers need besides, and no schema signature.
   *
   * @throws {TypeError} when one is no object identifier.
   */
  static holding(oids: readonly string[]): PrefixTable {
    const known = new Set(wellKnownPrefixes.map(([, prefix]) => prefix));
    const needed = new Set(oids.map((oid) => splitOid(oid).prefix).filter((prefix) => !known.has(prefix)));
    const own = [...needed].map((prefix, index): PrefixEntry => [OWN_PREFIX_INDEX + index, prefix]);
    return new PrefixTable([...wellKnownPrefixes.slice(0, -1), ...own, ...wellKnownPrefixes.slice(-1)]);
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

  /** The OID of a number, or undefined when the table lacks its prefix. @see [MS-DRSR] OidFromAttid (5.16.4) */
  oid(type: number): string | undefined {
    const prefix = this.#prefixByIndex.get(type >>> 16);
    if (prefix === undefined) return undefined;
    const lowerWord = type & 0xffff;
    const rest = lowerWord < 0x80 ? [lowerWord] : [0x80 | ((lowerWord >>> 7) & 0x7f), lowerWord & 0x7f];
    return decodeOid(Buffer.concat([Buffer.from(prefix, 'hex'), Uint8Array.from(rest)]));
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
    const table = new PrefixTable(entries);
    const ambiguous = entries.find((entry) => !isSignature(entry) && table.#prefixByIndex.get(entry[0]) !== entry[1]);
    // One number would be two attributes: a value could be taken for that of the other.
    if (ambiguous) throw reader.malformed(`two prefixes under index ${ambiguous[0]}`);
    return table;
  }
}
