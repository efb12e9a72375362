import type { NdrReader } from '@ad-protocols/ndr';
import { readValue } from './attribute-block.ts';
import { readDsName } from './dsname.ts';

/** Bytes of VALUE_META_DATA_EXT_V1: time of creation (8) ‖ metadata (40). */
const CREATED_AND_METADATA_SIZE = 48;
const LINK_VALUES_MAX = 1_048_576;
/** Bytes of a link value before its referents: pointer, attribute, length, pointer, present (20) ‖ padding (4) ‖ created (8) ‖ metadata (40). */
const LINK_VALUE_SIZE = 72;

/**
 * Passes over the referent of a reply's pointer to link values (members of groups and the like): credentials have none, but
 * a server may send some, and what stands after them must be found.
 *
 * @param count What the reply said before its pointer.
 * @see [MS-DRSR] REPLVALINF_V1 (5.167), VALUE_META_DATA_EXT_V1 (5.215)
 */
export function skipLinkValues(reader: NdrReader, count: number): void {
  reader.sameCount(count, reader.maxCount(LINK_VALUE_SIZE, LINK_VALUES_MAX));
  const heads: { hasName: boolean; length: number; present: boolean }[] = [];
  for (let index = 0; index < count; index += 1) {
    reader.align(8);
    const hasName = reader.pointer();
    reader.u32();
    heads.push({ hasName, length: reader.u32(), present: reader.pointer() });
    reader.u32();
    reader.align(8);
    reader.skip(CREATED_AND_METADATA_SIZE);
  }
  for (const head of heads) {
    if (head.hasName) readDsName(reader);
    readValue(reader, head.length, head.present);
  }
}
