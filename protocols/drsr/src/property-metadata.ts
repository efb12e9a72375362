import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { decodeGuid, nilGuid, type Guid } from '@ad-protocols/wire';
import { readDstime, writeDstime } from './dstime.ts';

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

/** The GUID that was read last: most changes were made on one domain controller, so the next is mostly the same. */
export interface LastGuid {
  wire: Uint8Array;
  guid: Guid;
}

/** To begin with. */
export function noLastGuid(): LastGuid {
  return { wire: new Uint8Array(16), guid: nilGuid };
}

function readGuid(reader: NdrReader, last: LastGuid): Guid {
  const wire = reader.bytes(16);
  if (wire.every((byte, index) => byte === last.wire[index])) return last.guid;
  last.wire = wire;
  last.guid = decodeGuid(wire);
  return last.guid;
}

/** Reads one PROPERTY_META_DATA_EXT, 40 bytes aligned to 8. `last` is kept from one entry to the next. */
export function readAttributeMetadata(reader: NdrReader, last: LastGuid): AttributeMetadata {
  reader.startOfStructure(8);
  const version = reader.u32();
  const changedAt = readDstime(reader);
  return { version, changedAt, originatingDsa: readGuid(reader, last), originatingUsn: reader.u64() };
}

/** Writes what {@link readAttributeMetadata} reads. */
export function writeAttributeMetadata(writer: NdrWriter, metadata: AttributeMetadata): void {
  writer.startOfStructure(8).u32(metadata.version);
  writeDstime(writer, metadata.changedAt);
  writer.guid(metadata.originatingDsa).u64(metadata.originatingUsn);
}

/**
 * Reads the referent of a pointer to the vector: maximum count ‖ count (4, aligned to 8) ‖ count × entry (40).
 *
 * @see [MS-DRSR] PROPERTY_META_DATA_EXT_VECTOR (5.156)
 */
export function readMetadataVector(reader: NdrReader): AttributeMetadata[] {
  const count = reader.maxCount(ENTRY_SIZE, ENTRIES_MAX);
  reader.startOfStructure(8);
  reader.sameCount(reader.u32(), count);
  const vector: AttributeMetadata[] = [];
  const last = noLastGuid();
  for (let index = 0; index < count; index += 1) vector.push(readAttributeMetadata(reader, last));
  reader.endOfStructure(8);
  return vector;
}

/** Writes what {@link readMetadataVector} reads. */
export function writeMetadataVector(writer: NdrWriter, vector: readonly AttributeMetadata[]): void {
  writer.maxCount(vector.length).startOfStructure(8).u32(vector.length);
  for (const metadata of vector) writeAttributeMetadata(writer, metadata);
  writer.endOfStructure(8);
}
