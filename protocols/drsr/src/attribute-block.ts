import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';

/** One attribute as it is on the wire. @see [MS-DRSR] ATTR (5.9), ATTRVALBLOCK (5.17), ATTRVAL (5.16) */
export interface WireAttribute {
  /** Attribute number (ATTRTYP) in terms of the prefix table of the same message. */
  readonly type: number;
  /** Views of the input; none when the attribute has no value (any more). */
  readonly values: readonly Uint8Array[];
}

const ATTRIBUTES_MAX = 1_048_576;
const VALUES_MAX = 10_485_760;
const VALUE_SIZE_MAX = 26_214_400;
/** Bytes of an attribute before its values, at the least: type (4) ‖ count (4) ‖ pointer (4). */
const ATTRIBUTE_SIZE = 12;
/** Bytes of a value before its contents, at the least: length (4) ‖ pointer (4). */
const VALUE_SIZE = 8;

/** Reads the contents of one value, which a pointer may have left out. */
export function readValue(reader: NdrReader, length: number, present: boolean): Uint8Array {
  const size = present ? reader.maxCount(1, VALUE_SIZE_MAX) : 0;
  return reader.bytes(reader.sameCount(length, size));
}

function readValues(reader: NdrReader, count: number, present: boolean): Uint8Array[] {
  reader.sameCount(count, present ? reader.maxCount(VALUE_SIZE, VALUES_MAX) : 0);
  const heads: { length: number; present: boolean }[] = [];
  for (let index = 0; index < count; index += 1) {
    reader.startOfStructure(4, 8);
    heads.push({ length: reader.u32(), present: reader.pointer() });
  }
  return heads.map((head) => readValue(reader, head.length, head.present));
}

/**
 * Reads the referent of an attribute block's pointer: maximum count ‖ count × { type (4) ‖ values (4) ‖ pointer },
 * then for each attribute: maximum count ‖ values × { length (4) ‖ pointer }, then each value's contents.
 *
 * @param count What the block said before its pointer.
 * @see [MS-DRSR] ATTRBLOCK (5.10)
 */
export function readAttributeBlock(reader: NdrReader, count: number): WireAttribute[] {
  reader.sameCount(count, reader.maxCount(ATTRIBUTE_SIZE, ATTRIBUTES_MAX));
  const heads: { type: number; count: number; present: boolean }[] = [];
  for (let index = 0; index < count; index += 1) {
    reader.startOfStructure(4, 8);
    const type = reader.u32();
    reader.startOfStructure(4, 8); // ATTRVALBLOCK
    heads.push({ type, count: reader.u32(), present: reader.pointer() });
  }
  return heads.map((head) => ({ type: head.type, values: readValues(reader, head.count, head.present) }));
}

/** Writes what {@link readAttributeBlock} reads. */
export function writeAttributeBlock(writer: NdrWriter, attributes: readonly WireAttribute[]): void {
  writer.maxCount(attributes.length);
  for (const { type, values } of attributes) {
    writer.startOfStructure(4, 8).u32(type);
    writer
      .startOfStructure(4, 8)
      .u32(values.length)
      .pointer(values.length > 0);
  }
  for (const { values } of attributes) {
    if (values.length === 0) continue;
    writer.maxCount(values.length);
    for (const value of values) writer.startOfStructure(4, 8).u32(value.length).pointer(true);
    for (const value of values) writer.conformantBytes(value);
  }
}
