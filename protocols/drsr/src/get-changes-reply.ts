import { NdrReader, type TransferSyntax } from '@ad-protocols/ndr';
import { openCompressedReply, readCompressedReply } from './compressed-reply.ts';
import { DrsError, DrsStatusError } from './errors.ts';
import { methods } from './methods.ts';
import {
  readMessageBody,
  readMessageHead,
  type GetChangesHead,
  type GetChangesReply,
  type ReplyVersion,
} from './reply-message.ts';

export type { GetChangesHead, GetChangesReply } from './reply-message.ts';

/** A reply of which the head is read; the objects are read when they are wanted. */
export interface OpenReply {
  readonly head: GetChangesHead;
  /** Reads the rest, once. @throws as {@link openGetChangesReply} */
  complete(): GetChangesReply;
}

const call = methods.getChanges.purpose;

function unusableVersion(version: number): DrsError {
  return new DrsError({
    code: 'ERR_DRSR_REPLY_VERSION',
    message: `the domain controller replied in version ${version}; only 1, 2, 6, 7 and 9 are understood`,
    nextStep: 'Use a domain controller with Windows Server 2003 or later, or Samba 4.',
  });
}

/** Windows error code that the call itself returned: the last 4 bytes of its results. */
function returnedStatus(stub: Uint8Array): number {
  if (stub.length < 4) return 0;
  return new NdrReader(stub.subarray(-4), 'IDL_DRSGetNCChanges').u32();
}

/** The version of the message, which stands there twice: as the result, and before the message. */
function readVersion(reader: NdrReader, status: number): ReplyVersion | 2 | 7 {
  const version = reader.u32();
  reader.startOfStructure(4, 8);
  reader.sameCount(reader.u32(), version);
  switch (version) {
    case 1:
    case 2:
    case 6:
    case 7:
    case 9:
      return version;
    default:
      // A refused call comes with an empty message of whatever version.
      throw status === 0 ? unusableVersion(version) : new DrsStatusError(call, status);
  }
}

function readStatus(reader: NdrReader): void {
  const status = reader.u32();
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the status`);
  if (status !== 0) throw new DrsStatusError(call, status);
}

function accept(reply: GetChangesReply): GetChangesReply {
  if (reply.error !== 0) throw new DrsStatusError(call, reply.error);
  return reply;
}

/** Holds that nothing but the padding of the pickle is left. */
function readPadding(reader: NdrReader): void {
  if (reader.remaining >= 16) throw reader.malformed(`${reader.remaining} bytes after the message`);
}

/**
 * Opens the results of IDL_DRSGetNCChanges: version (4) ‖ version (4) ‖ the message, aligned to 8, what its pointers lead to,
 * and the status (4) of the call. A compressed message is expanded here, so that the head tells how to go on whatever the version.
 * Values are views of `stub`, or of what was expanded.
 *
 * @throws {DrsStatusError} when the call was refused or failed.
 * @throws {DrsError} ERR_DRSR_REPLY_VERSION
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-DRSR] IDL_DRSGetNCChanges (4.1.10), DecompressReplyMessage (4.1.10.6.18)
 */
export function openGetChangesReply(stub: Uint8Array, syntax: TransferSyntax = 'ndr'): OpenReply {
  const reader = new NdrReader(stub, 'DRS_MSG_GETCHGREPLY', syntax);
  const status = returnedStatus(stub);
  const version = readVersion(reader, status);
  if (version !== 2 && version !== 7) {
    const head = readMessageHead(reader, version);
    const complete = (): GetChangesReply => {
      const reply = readMessageBody(reader, head);
      readStatus(reader);
      return accept(reply);
    };
    return { head, complete };
  }
  if (status !== 0) throw new DrsStatusError(call, status);
  const compressed = readCompressedReply(reader, version);
  readStatus(reader);
  const message = openCompressedReply(compressed);
  const head = readMessageHead(message, compressed.version);
  const complete = (): GetChangesReply => {
    const reply = readMessageBody(message, head);
    readPadding(message);
    return accept(reply);
  };
  return { head, complete };
}

/** All of a reply at once. @throws as {@link openGetChangesReply} */
export function decodeGetChangesReply(stub: Uint8Array, syntax: TransferSyntax = 'ndr'): GetChangesReply {
  return openGetChangesReply(stub, syntax).complete();
}
