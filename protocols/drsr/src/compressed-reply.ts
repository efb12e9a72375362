import { openPickle, type NdrReader, type NdrWriter } from '@ad-protocols/ndr';
import { compressionAlgorithms, decompress } from './compression/decompress.ts';
import type { ReplyVersion } from './reply-message.ts';

/**
 * A reply of version 2 or 7: the message of another version, made a pickle and compressed.
 *
 * @see [MS-DRSR] DRS_MSG_GETCHGREPLY_V2 (4.1.10.2.11), DRS_MSG_GETCHGREPLY_V7 (4.1.10.2.13)
 */
export interface CompressedReply {
  /** What is compressed: 1 in version 2, 6 or 9 in version 7. */
  readonly version: ReplyVersion;
  /** DRS_COMP_ALG_TYPE; always MSZIP in version 2. */
  readonly algorithm: number;
  /** Size of the pickle in bytes. */
  readonly uncompressedSize: number;
  /** The compressed pickle. */
  readonly bytes: Uint8Array;
}

function readAny(reader: NdrReader): Pick<CompressedReply, 'version' | 'algorithm'> {
  const version = reader.u32();
  if (version !== 6 && version !== 9) throw reader.malformed(`a compressed message of version ${version}`);
  return { version, algorithm: reader.enumeration() };
}

/**
 * Reads what stands in place of the message, and its one referent: in version 7 first version (4) ‖ algorithm (2, in
 * NDR64 4); then uncompressed size (4) ‖ compressed size (4) ‖ pointer; the compressed bytes.
 *
 * @see [MS-DRSR] DRS_COMPRESSED_BLOB (4.1.10.2.19)
 */
export function readCompressedReply(reader: NdrReader, version: 2 | 7): CompressedReply {
  reader.startOfStructure(4, 8);
  const inner = version === 2 ? ({ version: 1, algorithm: compressionAlgorithms.mszip } as const) : readAny(reader);
  reader.startOfStructure(4, 8);
  const [uncompressedSize, compressedSize] = [reader.u32(), reader.u32()];
  const bytes = reader.pointer() ? reader.conformantBytes() : new Uint8Array();
  reader.sameCount(compressedSize, bytes.length);
  return { ...inner, uncompressedSize, bytes };
}

/** Writes what {@link readCompressedReply} reads: version 2 for a message of version 1, else version 7. */
export function writeCompressedReply(writer: NdrWriter, reply: CompressedReply): void {
  writer.startOfStructure(4, 8);
  if (reply.version > 1) writer.u32(reply.version).enumeration(reply.algorithm);
  writer.startOfStructure(4, 8).u32(reply.uncompressedSize).u32(reply.bytes.length).pointer(true);
  writer.conformantBytes(reply.bytes);
}

/** A reader of the message that was compressed, in the transfer syntax of its pickle. */
export function openCompressedReply(reply: CompressedReply): NdrReader {
  const plain = decompress(reply.algorithm, reply.bytes, reply.uncompressedSize);
  return openPickle(plain, `compressed DRS_MSG_GETCHGREPLY_V${reply.version}`);
}
