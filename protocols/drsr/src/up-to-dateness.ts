import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import type { Guid } from '@ad-protocols/wire';

/**
 * One entry of an up-to-dateness vector: every change that `dsa` made up to `usn` is there. Unlike a USN vector it means the
 * same to every domain controller, so it still serves when the one that was read from is gone.
 *
 * @see [MS-DRSR] UPTODATE_CURSOR_V1 (5.202), UPTODATE_CURSOR_V2 (5.203)
 */
export interface UpToDateEntry {
  /** Invocation id of the domain controller that made the changes. */
  readonly dsa: Guid;
  /** usnHighPropUpdate, unsigned 64-bit. */
  readonly usn: bigint;
}

const ENTRIES_MAX = 1_048_576;
/** Bytes of an entry of version 2: GUID (16) ‖ USN (8) ‖ time of the last success (8). */
const ENTRY_V2_SIZE = 32;

/**
 * Writes the referent of a pointer to version 1, the one that requests hold: maximum count (4) ‖ version (4) ‖ zero (4) ‖
 * count (4) ‖ zero (4) ‖ count × { GUID (16) ‖ USN (8) }, in the order in which the server gave it.
 *
 * @see [MS-DRSR] UPTODATE_VECTOR_V1_EXT (5.204)
 */
export function writeUpToDateVector(writer: NdrWriter, vector: readonly UpToDateEntry[]): void {
  writer.maxCount(vector.length).align(8);
  writer.u32(1).u32(0).u32(vector.length).u32(0);
  for (const { dsa, usn } of vector) writer.guid(dsa).u64(usn);
}

/**
 * Reads the referent of a pointer to version 2, the one that replies of version 6 hold; it has a time in each entry, which is
 * left out: it only serves statistics.
 *
 * @see [MS-DRSR] UPTODATE_VECTOR_V2_EXT (5.205)
 */
export function readUpToDateVector(reader: NdrReader): UpToDateEntry[] {
  const count = reader.maxCount(ENTRY_V2_SIZE, ENTRIES_MAX);
  reader.align(8);
  const version = reader.u32();
  if (version !== 2) throw reader.malformed(`an up-to-dateness vector of version ${version} instead of 2`);
  reader.u32();
  reader.sameCount(reader.u32(), count);
  reader.u32();
  const vector: UpToDateEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    vector.push({ dsa: reader.guid(), usn: reader.u64() });
    reader.u64();
  }
  return vector;
}
