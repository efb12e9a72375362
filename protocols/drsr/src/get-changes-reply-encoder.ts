import { NdrWriter, pickle, type TransferSyntax } from '@ad-protocols/ndr';
import { writeCompressedReply, type CompressedReply } from './compressed-reply.ts';
import { writeMessage, type GetChangesReply } from './reply-message.ts';

function encodeResults(
  version: number,
  syntax: TransferSyntax,
  status: number,
  write: (writer: NdrWriter) => void,
): Uint8Array {
  const writer = new NdrWriter(syntax).u32(version).startOfStructure(4, 8).u32(version);
  write(writer);
  return writer.u32(status).finish();
}

/**
 * Results of IDL_DRSGetNCChanges, as a server sends them; the counterpart of `decodeGetChangesReply`.
 *
 * @param status Windows error code of the call.
 */
export function encodeGetChangesReply(reply: GetChangesReply, syntax: TransferSyntax = 'ndr', status = 0): Uint8Array {
  return encodeResults(reply.version, syntax, status, (writer) => writeMessage(writer, reply));
}

/** The pickle of a reply that a server compresses. */
export function pickleGetChangesReply(reply: GetChangesReply): Uint8Array {
  return pickle((writer) => writeMessage(writer, reply));
}

/** Results of IDL_DRSGetNCChanges with a compressed message, in version 2 for one of version 1, else in version 7. */
export function encodeCompressedGetChangesReply(reply: CompressedReply, syntax: TransferSyntax = 'ndr'): Uint8Array {
  return encodeResults(reply.version === 1 ? 2 : 7, syntax, 0, (writer) => writeCompressedReply(writer, reply));
}
