import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { readValue } from './attribute-block.ts';
import { readDsName, writeDsName, type DsName } from './dsname.ts';
import { readDstime, readOptionalDstime, writeDstime } from './dstime.ts';
import {
  noLastGuid,
  readAttributeMetadata,
  writeAttributeMetadata,
  type AttributeMetadata,
} from './property-metadata.ts';

/**
 * One value of a linked attribute, such as one member of a group. It was added or removed by itself, so it has a stamp of
 * its own.
 */
export interface LinkValue {
  /** The object that has the attribute. */
  readonly object: DsName;
  /** Attribute number (ATTRTYP) in terms of the prefix table of the same message. */
  readonly type: number;
  /** The value in the syntax of the attribute, mostly a DSNAME; a view of the input. */
  readonly value: Uint8Array;
  /** False when the value was removed. */
  readonly isPresent: boolean;
  /** When the value was first made, whole seconds. */
  readonly createdAt: Date;
  /** Who last added or removed it, and when. */
  readonly metadata: AttributeMetadata;
  /** When the value goes by itself; never, when it is left out. Only in replies of version 9. */
  readonly expiresAt?: Date;
}

/** REPLVALINF_V1 stands in replies of version 6, REPLVALINF_V3 in those of version 9. */
export type LinkValueVersion = 1 | 3;

const LINK_VALUES_MAX = 1_048_576;
/**
 * Bytes of a link value before its referents, at the least: pointer, attribute, length, pointer, present (20) ‖ padding (4) ‖
 * created (8) ‖ metadata (40), and in version 3 unused (12) ‖ padding (4) ‖ expires (8).
 */
const linkValueSizes = { 1: 72, 3: 96 } as const;
/** Bytes of the three unused numbers of version 3. */
const UNUSED_SIZE = 12;

interface LinkValueHead extends Omit<LinkValue, 'object' | 'value'> {
  readonly length: number;
  readonly hasValue: boolean;
}

function readHeads(reader: NdrReader, count: number, version: LinkValueVersion): LinkValueHead[] {
  const heads: LinkValueHead[] = [];
  const last = noLastGuid();
  for (let index = 0; index < count; index += 1) {
    reader.startOfStructure(8);
    if (!reader.pointer()) throw reader.malformed('a link value of no object');
    const type = reader.u32();
    reader.startOfStructure(4, 8); // ATTRVAL
    const attributeValue = { length: reader.u32(), hasValue: reader.pointer() };
    const isPresent = reader.u32() !== 0;
    const createdAt = readDstime(reader);
    const head = { type, ...attributeValue, isPresent, createdAt, metadata: readAttributeMetadata(reader, last) };
    if (version === 3) reader.skip(UNUSED_SIZE);
    const expiresAt = version === 3 ? readOptionalDstime(reader) : undefined;
    heads.push(expiresAt === undefined ? head : { ...head, expiresAt });
  }
  return heads;
}

/**
 * Reads the referent of a reply's pointer to link values: maximum count ‖ count × the part of fixed size, then for each
 * value its object and its contents.
 *
 * @param count What the reply said before its pointer.
 * @see [MS-DRSR] REPLVALINF_V1 (5.167), REPLVALINF_V3 (5.168), VALUE_META_DATA_EXT_V1 (5.215), VALUE_META_DATA_EXT_V3 (5.216)
 */
export function readLinkValues(reader: NdrReader, count: number, version: LinkValueVersion): LinkValue[] {
  reader.sameCount(count, reader.maxCount(linkValueSizes[version], LINK_VALUES_MAX));
  return readHeads(reader, count, version).map(({ length, hasValue, ...head }) => ({
    object: readDsName(reader),
    value: readValue(reader, length, hasValue),
    ...head,
  }));
}

/** Writes what {@link readLinkValues} reads. */
export function writeLinkValues(writer: NdrWriter, values: readonly LinkValue[], version: LinkValueVersion): void {
  writer.maxCount(values.length);
  for (const link of values) {
    writer.startOfStructure(8).pointer(true).u32(link.type);
    writer.startOfStructure(4, 8).u32(link.value.length).pointer(true);
    writer.u32(link.isPresent ? 1 : 0);
    writeDstime(writer, link.createdAt);
    writeAttributeMetadata(writer, link.metadata);
    if (version === 1) continue;
    writer.fill(UNUSED_SIZE);
    writeDstime(writer, link.expiresAt);
  }
  for (const { object, value } of values) {
    writeDsName(writer, object);
    writer.conformantBytes(value);
  }
}
