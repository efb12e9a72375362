import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import type { Guid } from '@ad-protocols/wire';
import { readDsName, writeDsName, type DsName } from './dsname.ts';
import { readEntryList, writeEntryList, type WireEntry } from './entry-list.ts';
import { readLinkValues, writeLinkValues, type LinkValue, type LinkValueVersion } from './link-values.ts';
import { PrefixTable } from './prefix-table.ts';
import { readUpToDateVector, writeUpToDateVector, type UpToDateEntry, type UpToDateVersion } from './up-to-dateness.ts';
import { readUsnVector, writeUsnVector, type UsnVector } from './usn-vector.ts';

/** Versions of a reply that are not compressed: 1 of Windows 2000, 6 with link values, 9 with expiring ones. */
export type ReplyVersion = 1 | 6 | 9;

/** The part of a reply that says how to go on; the next request can be made from it before the objects are read. */
export interface GetChangesHead {
  /** objectGUID of the directory service agent that answers. */
  readonly sourceDsa: Guid;
  /** Its invocation id: what its USNs hold for. */
  readonly sourceInvocationId: Guid;
  /** To be sent back with the next request. */
  readonly usnVector: UsnVector;
  /**
   * EXOP_ERR code: 0 without an extended operation, 1 for success of one. In version 1, the estimate of the objects when it
   * was asked for.
   *
   * @see [MS-DRSR] EXOP_ERR Codes (4.1.10.2.21)
   */
  readonly extendedResult: number;
  /** False in the last reply of a cycle. */
  readonly moreData: boolean;
  /** How many objects the reply holds. */
  readonly objectCount: number;
  /** Estimate of the objects in the naming context; 0 unless it was asked for. */
  readonly objectsEstimate: number;
}

/**
 * What a reply says, of whatever version and compressed or not.
 *
 * @see [MS-DRSR] DRS_MSG_GETCHGREPLY_V1 (4.1.10.2.10), DRS_MSG_GETCHGREPLY_V6 (4.1.10.2.12), DRS_MSG_GETCHGREPLY_V9 (4.1.10.2.14)
 */
export interface GetChangesReply {
  readonly version: ReplyVersion;
  readonly head: GetChangesHead;
  /** The naming context, or the object of an extended operation. */
  readonly name: DsName | undefined;
  /** That of the request. */
  readonly usnVectorFrom: UsnVector;
  /** What the client has once it has all of the cycle; in the last reply of a cycle. */
  readonly upToDateVector: readonly UpToDateEntry[] | undefined;
  readonly prefixTable: PrefixTable;
  readonly entries: readonly WireEntry[];
  /** Bytes of the objects, as the server counts them. */
  readonly objectBytes: number;
  /** Values of linked attributes; none in version 1, which has them within the objects. */
  readonly linkValues: readonly LinkValue[];
  /** Estimate of the link values in the naming context; 0 unless it was asked for. */
  readonly linkValuesEstimate: number;
  /** Windows error code of what stopped the server on its way, 0 for none; none in version 1. */
  readonly error: number;
}

/** The part of fixed size: what a reply says, and the pointers and counts that the referents need. */
export interface MessageHead
  extends
    GetChangesHead,
    Pick<GetChangesReply, 'version' | 'usnVectorFrom' | 'objectBytes' | 'linkValuesEstimate' | 'error'> {
  readonly hasName: boolean;
  readonly hasVector: boolean;
  readonly prefixCount: number;
  readonly hasPrefixes: boolean;
  readonly hasObjects: boolean;
  readonly linkCount: number;
  readonly hasLinks: boolean;
}

const upToDateVersion = (version: ReplyVersion): UpToDateVersion => (version === 1 ? 1 : 2);
const linkValueVersion = (version: ReplyVersion): LinkValueVersion => (version === 9 ? 3 : 1);

/** What version 6 has after the last field of version 1. */
function readTail(
  reader: NdrReader,
): Pick<MessageHead, 'objectsEstimate' | 'linkValuesEstimate' | 'linkCount' | 'hasLinks' | 'error'> {
  const estimates = { objectsEstimate: reader.u32(), linkValuesEstimate: reader.u32() };
  return { ...estimates, linkCount: reader.u32(), hasLinks: reader.pointer(), error: reader.u32() };
}

const noTail = { objectsEstimate: 0, linkValuesEstimate: 0, linkCount: 0, hasLinks: false, error: 0 };

/** Reads the part of fixed size: quick, however much follows. */
export function readMessageHead(reader: NdrReader, version: ReplyVersion): MessageHead {
  reader.startOfStructure(8);
  const source = { sourceDsa: reader.guid(), sourceInvocationId: reader.guid() };
  const hasName = reader.pointer();
  const vectors = { usnVectorFrom: readUsnVector(reader), usnVector: readUsnVector(reader) };
  const hasVector = reader.pointer();
  reader.startOfStructure(4, 8); // SCHEMA_PREFIX_TABLE
  const prefixes = { prefixCount: reader.u32(), hasPrefixes: reader.pointer() };
  const counts = { extendedResult: reader.u32(), objectCount: reader.u32(), objectBytes: reader.u32() };
  const rest = { hasObjects: reader.pointer(), moreData: reader.u32() !== 0 };
  const tail = version === 1 ? noTail : readTail(reader);
  reader.endOfStructure(8);
  return { version, ...source, hasName, ...vectors, hasVector, ...prefixes, ...counts, ...rest, ...tail };
}

/** Reads what the pointers of `head` lead to. */
export function readMessageBody(reader: NdrReader, head: MessageHead): GetChangesReply {
  const { version, usnVectorFrom, objectBytes, linkValuesEstimate, error } = head;
  const name = head.hasName ? readDsName(reader) : undefined;
  const upToDateVector = head.hasVector ? readUpToDateVector(reader, upToDateVersion(version)) : undefined;
  const prefixTable = head.hasPrefixes ? PrefixTable.read(reader, head.prefixCount) : PrefixTable.wellKnown();
  const entries = head.hasObjects ? readEntryList(reader) : [];
  reader.sameCount(head.objectCount, entries.length);
  const linkValues = head.hasLinks ? readLinkValues(reader, head.linkCount, linkValueVersion(version)) : [];
  reader.sameCount(head.linkCount, linkValues.length);
  const told = { version, head, name, usnVectorFrom, upToDateVector, prefixTable, entries };
  return { ...told, objectBytes, linkValues, linkValuesEstimate, error };
}

function writeHead(writer: NdrWriter, reply: GetChangesReply): void {
  const { version, head } = reply;
  writer
    .startOfStructure(8)
    .guid(head.sourceDsa)
    .guid(head.sourceInvocationId)
    .pointer(reply.name !== undefined);
  writeUsnVector(writer, reply.usnVectorFrom);
  writeUsnVector(writer, head.usnVector);
  writer.pointer(reply.upToDateVector !== undefined);
  writer
    .startOfStructure(4, 8)
    .u32(reply.prefixTable.count)
    .pointer(reply.prefixTable.count > 0);
  writer
    .u32(head.extendedResult)
    .u32(reply.entries.length)
    .u32(reply.objectBytes)
    .pointer(reply.entries.length > 0);
  writer.u32(head.moreData ? 1 : 0);
  if (version > 1) {
    writer.u32(head.objectsEstimate).u32(reply.linkValuesEstimate);
    writer
      .u32(reply.linkValues.length)
      .pointer(reply.linkValues.length > 0)
      .u32(reply.error);
  }
  writer.endOfStructure(8);
}

/** Writes what {@link readMessageHead} and {@link readMessageBody} read; counts are those of the lists. */
export function writeMessage(writer: NdrWriter, reply: GetChangesReply): void {
  const { version, name, upToDateVector, prefixTable, entries, linkValues } = reply;
  writeHead(writer, reply);
  if (name !== undefined) writeDsName(writer, name);
  if (upToDateVector !== undefined) writeUpToDateVector(writer, upToDateVector, upToDateVersion(version));
  if (prefixTable.count > 0) prefixTable.write(writer);
  if (entries.length > 0) writeEntryList(writer, entries);
  if (version > 1 && linkValues.length > 0) writeLinkValues(writer, linkValues, linkValueVersion(version));
}
