import { NdrWriter } from '@ad-protocols/ndr';
import type { Guid } from '@ad-protocols/wire';
import { writeDsName, type DsName } from './dsname.ts';
import type { PrefixTable } from './prefix-table.ts';
import { writeUpToDateVector, type UpToDateEntry } from './up-to-dateness.ts';
import { writeUsnVector, type UsnVector } from './usn-vector.ts';

/** @see [MS-DRSR] DRS_OPTIONS (5.41) */
export const replicationOptions = {
  /** DRS_WRIT_REP: without it, servers before Windows Server 2008 leave the values of secrets out. */
  writableReplica: 0x0000_0010,
  /** DRS_GET_NC_SIZE: estimate how many objects there are. */
  getSize: 0x0000_1000,
} as const;

/** @see [MS-DRSR] EXOP_REQ Codes (4.1.10.2.22) */
export const extendedOperations = { none: 0, replicateObject: 6 } as const;

/** What IDL_DRSGetNCChanges is asked. @see [MS-DRSR] DRS_MSG_GETCHGREQ_V8 (4.1.10.2.6), DRS_MSG_GETCHGREQ_V10 (4.1.10.2.7) */
export interface GetChangesRequest {
  /** 10 for servers that know it, else 8. */
  readonly version: 8 | 10;
  /** From the bind, 20 bytes. */
  readonly handle: Uint8Array;
  /** objectGUID of the directory service agent on whose behalf it is asked; nil for a client that is none. */
  readonly destinationDsa: Guid;
  /** Invocation id that `usnVector` came with; nil at the start. */
  readonly sourceInvocationId: Guid;
  /** Root of the naming context, or the one object of an extended operation. */
  readonly name: Omit<DsName, 'sid'>;
  readonly usnVector: UsnVector;
  /** What the client has already; empty for nothing. */
  readonly upToDateVector: readonly UpToDateEntry[];
  /** {@link replicationOptions} */
  readonly options: number;
  /** About how many objects a reply may hold. */
  readonly maxObjects: number;
  /** About how many bytes a reply may hold. */
  readonly maxBytes: number;
  /** {@link extendedOperations} */
  readonly extendedOperation: number;
  /** Attribute numbers in terms of `prefixTable`; at least one. */
  readonly attributeTypes: readonly number[];
  readonly prefixTable: PrefixTable;
}

/** The referent of a pointer to PARTIAL_ATTR_VECTOR_V1_EXT: maximum count (4) ‖ version (4) ‖ zero (4) ‖ count (4) ‖ numbers, ascending. */
function writePartialAttributeSet(writer: NdrWriter, attributeTypes: readonly number[]): void {
  writer.maxCount(attributeTypes.length).u32(1).u32(0).u32(attributeTypes.length);
  for (const type of [...attributeTypes].sort((left, right) => left - right)) writer.u32(type);
}

/**
 * Parameters of IDL_DRSGetNCChanges: handle (20) ‖ version (4) ‖ version (4) ‖ the message, aligned to 8, then what its
 * pointers lead to.
 *
 * @see [MS-DRSR] IDL_DRSGetNCChanges (4.1.10); PARTIAL_ATTR_VECTOR_V1_EXT (5.146)
 */
export function encodeGetChangesRequest(request: GetChangesRequest): Uint8Array {
  const writer = new NdrWriter().bytes(request.handle);
  writer.u32(request.version).u32(request.version).align(8);
  writer.guid(request.destinationDsa).guid(request.sourceInvocationId).pointer(true);
  writeUsnVector(writer, request.usnVector);
  const hasVector = request.upToDateVector.length > 0;
  writer.pointer(hasVector);
  writer.u32(request.options).u32(request.maxObjects).u32(request.maxBytes).u32(request.extendedOperation);
  writer.u64(0n); // liFsmoInfo
  writer.pointer(true).pointer(false); // attributes; attributes to add to a replica
  writer.u32(request.prefixTable.count).pointer(true);
  if (request.version === 10) writer.u32(0); // ulMoreFlags
  writeDsName(writer, request.name);
  if (hasVector) writeUpToDateVector(writer, request.upToDateVector);
  writePartialAttributeSet(writer, request.attributeTypes);
  request.prefixTable.write(writer);
  return writer.finish();
}
