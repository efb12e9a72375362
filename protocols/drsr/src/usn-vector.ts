import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';

/**
 * How far a server got, in its own terms: three numbers that are sent back exactly as they came. Only the vector of three
 * zeros has a meaning here: the start.
 *
 * @see [MS-DRSR] USN_VECTOR (5.210)
 */
export interface UsnVector {
  /** usnHighObjUpdate, unsigned 64-bit. */
  readonly objectUpdate: bigint;
  /** usnReserved, unsigned 64-bit. */
  readonly reserved: bigint;
  /** usnHighPropUpdate, unsigned 64-bit. */
  readonly propertyUpdate: bigint;
}

/** The vector of a reader who has nothing yet. */
export const startOfReplication: UsnVector = { objectUpdate: 0n, reserved: 0n, propertyUpdate: 0n };

/** Writes 24 bytes, aligned to 8. */
export function writeUsnVector(writer: NdrWriter, vector: UsnVector): void {
  writer.u64(vector.objectUpdate).u64(vector.reserved).u64(vector.propertyUpdate);
}

/** Reads 24 bytes, aligned to 8. */
export function readUsnVector(reader: NdrReader): UsnVector {
  return { objectUpdate: reader.u64(), reserved: reader.u64(), propertyUpdate: reader.u64() };
}

/** Whether two vectors are the same. */
export function sameUsnVector(left: UsnVector, right: UsnVector): boolean {
  return (
    left.objectUpdate === right.objectUpdate &&
    left.reserved === right.reserved &&
    left.propertyUpdate === right.propertyUpdate
  );
}
