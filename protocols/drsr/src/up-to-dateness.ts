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

/** Requests and replies of version 1 hold vectors of version 1, later replies those of version 2. */
export type UpToDateVersion = 1 | 2;

const ENTRIES_MAX = 1_048_576;
/**
 * Bytes of an entry: GUID (16) ‖ USN (8), and in version 2 the time of the last success (8). The time is left out: it serves
 * statistics only, and Samba counts it in other units than Windows.
 */
const entrySizes = { 1: 24, 2: 32 } as const;

/**
 * Writes the referent of a pointer to a vector: maximum count ‖ version (4, aligned to 8) ‖ zero (4) ‖ count (4) ‖ zero (4) ‖
 * count × entry, in the order in which the server gave them.
 *
 * @see [MS-DRSR] UPTODATE_VECTOR_V1_EXT (5.204), UPTODATE_VECTOR_V2_EXT (5.205)
 */
export function writeUpToDateVector(
  writer: NdrWriter,
  vector: readonly UpToDateEntry[],
  version: UpToDateVersion,
): void {
  writer.maxCount(vector.length).startOfStructure(8);
  writer.u32(version).u32(0).u32(vector.length).u32(0);
  for (const { dsa, usn } of vector) {
    writer.guid(dsa).u64(usn);
    if (version === 2) writer.u64(0n);
  }
}

/** Reads what {@link writeUpToDateVector} describes. */
export function readUpToDateVector(reader: NdrReader, version: UpToDateVersion): UpToDateEntry[] {
  const count = reader.maxCount(entrySizes[version], ENTRIES_MAX);
  reader.startOfStructure(8);
  const stated = reader.u32();
  if (stated !== version) throw reader.malformed(`an up-to-dateness vector of version ${stated} instead of ${version}`);
  reader.u32();
  reader.sameCount(reader.u32(), count);
  reader.u32();
  const vector: UpToDateEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    vector.push({ dsa: reader.guid(), usn: reader.u64() });
    if (version === 2) reader.u64();
  }
  return vector;
}
