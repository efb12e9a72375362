import { NdrReader } from '@ad-protocols/ndr';
import type { Guid } from '@ad-protocols/wire';
import { readDsName } from './dsname.ts';
import { readEntryList, type WireEntry } from './entry-list.ts';
import { DrsError, DrsStatusError } from './errors.ts';
import { skipLinkValues } from './link-values.ts';
import { PrefixTable } from './prefix-table.ts';
import { readUpToDateVector, type UpToDateEntry } from './up-to-dateness.ts';
import { readUsnVector, type UsnVector } from './usn-vector.ts';

/** The part of a reply that says how to go on; the next request can be made from it before the objects are read. */
export interface GetChangesHead {
  /** objectGUID of the directory service agent that answers. */
  readonly sourceDsa: Guid;
  /** Its invocation id: what its USNs hold for. */
  readonly sourceInvocationId: Guid;
  /** To be sent back with the next request. */
  readonly usnVector: UsnVector;
  /** EXOP_ERR code: 0 without an extended operation, 1 for success of one. @see [MS-DRSR] EXOP_ERR Codes (4.1.10.2.21) */
  readonly extendedResult: number;
  /** False in the last reply of a cycle. */
  readonly moreData: boolean;
  /** How many objects the reply holds. */
  readonly objectCount: number;
  /** Estimate of the objects in the naming context; 0 unless it was asked for. */
  readonly objectsEstimate: number;
}

/** A whole reply. @see [MS-DRSR] DRS_MSG_GETCHGREPLY_V6 (4.1.10.2.12) */
export interface GetChangesReply {
  readonly head: GetChangesHead;
  /** What the client has once it has all of the cycle; in the last reply of a cycle. */
  readonly upToDateVector: readonly UpToDateEntry[] | undefined;
  readonly prefixTable: PrefixTable;
  readonly entries: readonly WireEntry[];
}

const call = 'reading changes (IDL_DRSGetNCChanges)';

/** The fixed part of the message with the pointers and counts that the referents need. */
interface Fixed extends GetChangesHead {
  readonly hasName: boolean;
  readonly hasVector: boolean;
  readonly prefixCount: number;
  readonly hasPrefixes: boolean;
  readonly hasObjects: boolean;
  readonly linkCount: number;
  readonly hasLinks: boolean;
  /** Windows error code that the server found on the way. */
  readonly drsError: number;
}

function unusableVersion(version: number): DrsError {
  const compressed = version === 2 || version === 7;
  return new DrsError({
    code: 'ERR_DRSR_REPLY_VERSION',
    message: `the domain controller replied in version ${version}${compressed ? ', which is compressed' : ''}; only 6 is understood`,
    nextStep: compressed
      ? 'No compression was asked for: look for a device or proxy between here and the domain controller.'
      : 'Use a domain controller with Windows Server 2003 or later, or Samba 4.',
  });
}

/** Windows error code that the call itself returned: the last 4 bytes of its results. */
function returnedStatus(stub: Uint8Array): number {
  if (stub.length < 4) return 0;
  return new NdrReader(stub.subarray(-4), 'IDL_DRSGetNCChanges').u32();
}

function readVersion(reader: NdrReader, status: number): void {
  const version = reader.u32();
  reader.sameCount(reader.u32(), version);
  if (version === 6) return;
  // A refused call comes with an empty message of whatever version.
  throw status === 0 ? unusableVersion(version) : new DrsStatusError(call, status);
}

function readFixed(reader: NdrReader): Fixed {
  reader.align(8);
  const source = { sourceDsa: reader.guid(), sourceInvocationId: reader.guid() };
  const hasName = reader.pointer();
  readUsnVector(reader); // usnvecFrom repeats the request's
  const usnVector = readUsnVector(reader);
  const prefixes = { hasVector: reader.pointer(), prefixCount: reader.u32(), hasPrefixes: reader.pointer() };
  const counts = { extendedResult: reader.u32(), objectCount: reader.u32() };
  reader.u32(); // cNumBytes
  const rest = { hasObjects: reader.pointer(), moreData: reader.u32() !== 0, objectsEstimate: reader.u32() };
  reader.u32(); // cNumNcSizeValues
  const links = { linkCount: reader.u32(), hasLinks: reader.pointer(), drsError: reader.u32() };
  return { ...source, hasName, usnVector, ...prefixes, ...counts, ...rest, ...links };
}

/**
 * The fixed part of a reply: quick, so that the next page can be asked for while this one is read.
 *
 * @throws as {@link decodeGetChangesReply}, for what the fixed part shows.
 */
export function decodeGetChangesHead(stub: Uint8Array): GetChangesHead {
  const reader = new NdrReader(stub, 'DRS_MSG_GETCHGREPLY_V6');
  readVersion(reader, returnedStatus(stub));
  return readFixed(reader);
}

/**
 * Results of IDL_DRSGetNCChanges: version (4) ‖ version (4) ‖ the message, aligned to 8, what its pointers lead to, and the
 * status (4) of the call. Values are views of `stub`.
 *
 * @throws {DrsStatusError} when the call was refused or failed.
 * @throws {DrsError} ERR_DRSR_REPLY_VERSION
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodeGetChangesReply(stub: Uint8Array): GetChangesReply {
  const reader = new NdrReader(stub, 'DRS_MSG_GETCHGREPLY_V6');
  readVersion(reader, returnedStatus(stub));
  const fixed = readFixed(reader);
  if (fixed.hasName) readDsName(reader);
  const upToDateVector = fixed.hasVector ? readUpToDateVector(reader) : undefined;
  const prefixTable = fixed.hasPrefixes ? PrefixTable.read(reader, fixed.prefixCount) : PrefixTable.wellKnown();
  const entries = fixed.hasObjects ? readEntryList(reader) : [];
  reader.sameCount(fixed.objectCount, entries.length);
  if (fixed.hasLinks) skipLinkValues(reader, fixed.linkCount);
  const status = reader.u32();
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the status`);
  if (status !== 0) throw new DrsStatusError(call, status);
  if (fixed.drsError !== 0) throw new DrsStatusError(call, fixed.drsError);
  return { head: fixed, upToDateVector, prefixTable, entries };
}
