import { NdrReader, NdrWriter, type TransferSyntax } from '@ad-protocols/ndr';
import { nilGuid, type Guid } from '@ad-protocols/wire';
import { HANDLE_SIZE } from './bind.ts';
import { readDsName, writeDsName, type DsName } from './dsname.ts';
import { PrefixTable } from './prefix-table.ts';
import { readUpToDateVector, writeUpToDateVector, type UpToDateEntry } from './up-to-dateness.ts';
import { readUsnVector, writeUsnVector, type UsnVector } from './usn-vector.ts';

/** @see [MS-DRSR] DRS_OPTIONS (5.41) */
export const replicationOptions = {
  /** DRS_WRIT_REP: without it, servers before Windows Server 2008 leave the values of secrets out. */
  writableReplica: 0x0000_0010,
  /** DRS_GET_ANC: an object never comes before its ancestors. */
  getAncestors: 0x0000_0800,
  /** DRS_GET_NC_SIZE: estimate how many objects there are. */
  getSize: 0x0000_1000,
  /** DRS_USE_COMPRESSION: reply in version 2 or 7. */
  useCompression: 0x1000_0000,
} as const;

/** Options that only requests of version 10 and later carry. @see [MS-DRSR] DRS_MORE_GETCHGREQ_OPTIONS (5.42) */
export const moreReplicationOptions = {
  /** DRS_GET_TGT: a link value never comes before the object that it leads to. */
  getTargets: 0x0000_0001,
} as const;

/** 10 and 11 are for servers that state to know them. */
export type RequestVersion = 8 | 10 | 11;

/**
 * What IDL_DRSGetNCChanges is asked.
 *
 * @see [MS-DRSR] DRS_MSG_GETCHGREQ_V8 (4.1.10.2.6), DRS_MSG_GETCHGREQ_V10 (4.1.10.2.7), DRS_MSG_GETCHGREQ_V11 (4.1.10.2.8)
 */
export interface GetChangesRequest {
  readonly version: RequestVersion;
  /** From the bind, 20 bytes. */
  readonly handle: Uint8Array;
  /** objectGUID of the directory service agent on whose behalf it is asked; nil for a client that is none. */
  readonly destinationDsa: Guid;
  /** Invocation id that `usnVector` came with; nil at the start. */
  readonly sourceInvocationId: Guid;
  /** Root of the naming context, or the one object of an extended operation. */
  readonly name: DsName;
  readonly usnVector: UsnVector;
  /** What the client has already; empty for nothing. */
  readonly upToDateVector: readonly UpToDateEntry[];
  /** {@link replicationOptions} */
  readonly options: number;
  /** About how many objects a reply may hold. */
  readonly maxObjects: number;
  /** About how many bytes a reply may hold. */
  readonly maxBytes: number;
  /** One of `extendedOperations`. */
  readonly extendedOperation: number;
  /** What some extended operations want to know; 0 when it is left out. */
  readonly extendedInfo?: bigint;
  /** Attribute numbers in terms of `prefixTable`, ascending once they are sent; none for all attributes. */
  readonly attributeTypes: readonly number[];
  /** Attributes that are new in `attributeTypes`, so that all values of them are sent, however old. */
  readonly addedAttributeTypes?: readonly number[];
  readonly prefixTable: PrefixTable;
  /** {@link moreReplicationOptions}; only from version 10 on. */
  readonly moreOptions?: number;
  /** What the server may name the request by when it looks for trouble; only from version 11 on. */
  readonly correlationId?: Guid;
}

const ATTRIBUTES_MAX = 1_048_576;

/** The referent of a pointer to PARTIAL_ATTR_VECTOR_V1_EXT: maximum count ‖ version (4) ‖ zero (4) ‖ count (4) ‖ numbers, ascending. */
function writePartialAttributeSet(writer: NdrWriter, attributeTypes: readonly number[]): void {
  writer.maxCount(attributeTypes.length).u32(1).u32(0).u32(attributeTypes.length);
  for (const type of [...attributeTypes].sort((left, right) => left - right)) writer.u32(type);
}

function readPartialAttributeSet(reader: NdrReader): number[] {
  const count = reader.maxCount(4, ATTRIBUTES_MAX);
  const version = reader.u32();
  if (version !== 1) throw reader.malformed(`a set of attributes of version ${version} instead of 1`);
  reader.u32();
  reader.sameCount(reader.u32(), count);
  return Array.from({ length: count }, () => reader.u32());
}

/** What versions 10 and 11 have after the last field of version 8. */
function writeTail(writer: NdrWriter, { version, moreOptions = 0, correlationId = nilGuid }: GetChangesRequest): void {
  if (version >= 10) writer.u32(moreOptions);
  if (version >= 11) writer.guid(correlationId).pointer(false); // pReservedBuffer
  writer.endOfStructure(8);
}

function writeReferents(writer: NdrWriter, request: GetChangesRequest): void {
  const { name, upToDateVector, attributeTypes, addedAttributeTypes = [], prefixTable } = request;
  writeDsName(writer, name);
  if (upToDateVector.length > 0) writeUpToDateVector(writer, upToDateVector, 1);
  if (attributeTypes.length > 0) writePartialAttributeSet(writer, attributeTypes);
  if (addedAttributeTypes.length > 0) writePartialAttributeSet(writer, addedAttributeTypes);
  if (prefixTable.count > 0) prefixTable.write(writer);
}

/**
 * Parameters of IDL_DRSGetNCChanges: handle (20) ‖ version (4) ‖ version (4) ‖ the message, aligned to 8, then what its
 * pointers lead to.
 *
 * @see [MS-DRSR] IDL_DRSGetNCChanges (4.1.10); PARTIAL_ATTR_VECTOR_V1_EXT (5.146)
 */
export function encodeGetChangesRequest(request: GetChangesRequest, syntax: TransferSyntax = 'ndr'): Uint8Array {
  const { version, attributeTypes, addedAttributeTypes = [], prefixTable, extendedInfo = 0n } = request;
  const writer = new NdrWriter(syntax).bytes(request.handle);
  writer.u32(version).startOfStructure(4, 8).u32(version).startOfStructure(8);
  writer.guid(request.destinationDsa).guid(request.sourceInvocationId).pointer(true);
  writeUsnVector(writer, request.usnVector);
  writer.pointer(request.upToDateVector.length > 0);
  writer.u32(request.options).u32(request.maxObjects).u32(request.maxBytes).u32(request.extendedOperation);
  writer.u64(extendedInfo);
  writer.pointer(attributeTypes.length > 0).pointer(addedAttributeTypes.length > 0);
  writer
    .startOfStructure(4, 8)
    .u32(prefixTable.count)
    .pointer(prefixTable.count > 0);
  writeTail(writer, request);
  writeReferents(writer, request);
  return writer.finish();
}

function readVersion(reader: NdrReader): RequestVersion {
  const version = reader.u32();
  reader.startOfStructure(4, 8);
  reader.sameCount(reader.u32(), version);
  if (version !== 8 && version !== 10 && version !== 11) throw reader.malformed(`a request of version ${version}`);
  return version;
}

/** Every field that stands in the part of fixed size, and whether its pointers lead somewhere. */
function readFixed(reader: NdrReader, version: RequestVersion) {
  reader.startOfStructure(8);
  const identity = { destinationDsa: reader.guid(), sourceInvocationId: reader.guid() };
  if (!reader.pointer()) throw reader.malformed('a request for nothing');
  const progress = { usnVector: readUsnVector(reader), hasVector: reader.pointer(), options: reader.u32() };
  const limits = { maxObjects: reader.u32(), maxBytes: reader.u32() };
  const operation = { extendedOperation: reader.u32(), extendedInfo: reader.u64() };
  const sets = { hasAttributes: reader.pointer(), hasAddedAttributes: reader.pointer() };
  reader.startOfStructure(4, 8); // SCHEMA_PREFIX_TABLE
  const prefixes = { prefixCount: reader.u32(), hasPrefixes: reader.pointer() };
  const moreOptions = version >= 10 ? reader.u32() : undefined;
  const correlationId = version >= 11 ? reader.guid() : undefined;
  if (version >= 11 && reader.pointer()) throw reader.malformed('a request with a reserved buffer');
  reader.endOfStructure(8);
  return { ...identity, ...progress, ...limits, ...operation, ...sets, ...prefixes, moreOptions, correlationId };
}

/**
 * Reads what {@link encodeGetChangesRequest} describes, as a server does.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodeGetChangesRequest(stub: Uint8Array, syntax: TransferSyntax = 'ndr'): GetChangesRequest {
  const reader = new NdrReader(stub, 'DRS_MSG_GETCHGREQ', syntax);
  const handle = reader.bytes(HANDLE_SIZE);
  const version = readVersion(reader);
  const { hasVector, hasAttributes, hasAddedAttributes, prefixCount, hasPrefixes, ...fixed } = readFixed(
    reader,
    version,
  );
  const { moreOptions, correlationId, ...fields } = fixed;
  const request = {
    ...fields,
    version,
    handle,
    name: readDsName(reader),
    upToDateVector: hasVector ? readUpToDateVector(reader, 1) : [],
    attributeTypes: hasAttributes ? readPartialAttributeSet(reader) : [],
    addedAttributeTypes: hasAddedAttributes ? readPartialAttributeSet(reader) : [],
    prefixTable: hasPrefixes ? PrefixTable.read(reader, prefixCount) : PrefixTable.of([]),
    ...(moreOptions === undefined ? {} : { moreOptions }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the request`);
  return request;
}
