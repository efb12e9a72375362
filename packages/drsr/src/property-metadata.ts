import type { NdrReader } from '@causeway/ndr';
import { dstimeToUnixMs, type Guid } from '@causeway/wire';

/** Who last changed an attribute, and when. @see [MS-DRSR] PROPERTY_META_DATA_EXT (5.155) */
export interface AttributeMetadata {
  /** 1 for the first value, one more with each change. */
  readonly version: number;
  /** Time of the change, whole seconds. */
  readonly changedAt: Date;
  /** Invocation id of the domain controller on which it was changed. */
  readonly originatingDsa: Guid;
  /** USN of the change on that domain controller. */
  readonly originatingUsn: bigint;
}

const ENTRIES_MAX = 1_048_576;
/** Bytes of an entry: version (4) ‖ padding (4) ‖ time (8) ‖ GUID (16) ‖ USN (8). */
const ENTRY_SIZE = 40;

/** Reads one entry, aligned to 8. */
export function readAttributeMetadata(reader: NdrReader): AttributeMetadata {
  reader.align(8);
  const version = reader.u32();
  const changedAt = new Date(dstimeToUnixMs(reader.i64()));
  return { version, changedAt, originatingDsa: reader.guid(), originatingUsn: reader.u64() };
}

/**
 * Reads the referent of a pointer to the vector: maximum count (4, aligned to 4) ‖ count (4, aligned to 8) ‖ count × entry (40).
 *
 * @see [MS-DRSR] PROPERTY_META_DATA_EXT_VECTOR (5.156)
 */
export function readMetadataVector(reader: NdrReader): AttributeMetadata[] {
  const count = reader.maxCount(ENTRY_SIZE, ENTRIES_MAX);
  reader.align(8);
  reader.sameCount(reader.u32(), count);
  const vector: AttributeMetadata[] = [];
  for (let index = 0; index < count; index += 1) vector.push(readAttributeMetadata(reader));
  return vector;
}
