import { Reader } from '@ad-protocols/wire';
import { expandDirect2 } from './direct2.ts';
import { inflateMszipBlock } from './mszip.ts';

/** @see [MS-DRSR] DRS_COMP_ALG_TYPE (4.1.10.2.18) */
export const compressionAlgorithms = { none: 0, mszip: 2, win2k3: 3 } as const;

const STRUCTURE = 'DRS_COMPRESSED_BLOB';
/** Whatever a chunk claims: no reply to the requests that are made here is larger. */
const UNCOMPRESSED_BYTES_MAX = 128 * 1024 * 1024;
/** Largest chunk before compression, in bytes. @see [MS-DRSR] DecompressMessage (4.1.10.6.19) */
const chunkBytesMax = new Map<number, number>([
  [compressionAlgorithms.mszip, 32_768],
  [compressionAlgorithms.win2k3, 65_536],
]);

interface Chunk {
  readonly plainBytes: number;
  readonly data: Uint8Array;
}

/**
 * Chunks, each: decompressed size (4) ‖ compressed size (4) ‖ data ‖ zeros up to a multiple of 4, which the last may lack.
 *
 * @see [MS-DRSR] COMPRESSED_DATA (4.1.10.2.17)
 */
function readChunks(reader: Reader, plainBytesMax: number): Chunk[] {
  const chunks: Chunk[] = [];
  while (reader.remaining > 0) {
    const plainBytes = reader.u32();
    const data = reader.bytes(reader.u32());
    if (plainBytes > plainBytesMax) throw reader.malformed(`a chunk of ${plainBytes} bytes, above ${plainBytesMax}`);
    if (plainBytes === 0) throw reader.malformed('a chunk of nothing');
    chunks.push({ plainBytes, data });
    reader.skip(Math.min(reader.remaining, -reader.offset & 3));
  }
  return chunks;
}

/**
 * The byte stream inside a compressed reply. A fresh array, or `bytes` themselves when they are not compressed. What comes out
 * never gets larger than was said before, nor than 128 MiB.
 *
 * @param algorithm One of {@link compressionAlgorithms}.
 * @param bytes pbCompressedData.
 * @param uncompressedBytes cbUncompressedSize.
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-DRSR] DecompressReplyMessage (4.1.10.6.18), DecompressMessage (4.1.10.6.19)
 */
export function decompress(algorithm: number, bytes: Uint8Array, uncompressedBytes: number): Uint8Array {
  if (bytes.length === uncompressedBytes) return bytes;
  const reader = new Reader(bytes, STRUCTURE);
  const plainBytesMax = chunkBytesMax.get(algorithm);
  if (plainBytesMax === undefined) throw reader.malformed(`compression algorithm ${algorithm} is not known`);
  if (uncompressedBytes > UNCOMPRESSED_BYTES_MAX) throw reader.malformed(`${uncompressedBytes} bytes uncompressed`);
  const chunks = readChunks(reader, plainBytesMax);
  const total = chunks.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
  if (total !== uncompressedBytes) throw reader.malformed(`chunks of ${total} bytes instead of ${uncompressedBytes}`);
  const plain = new Uint8Array(total);
  let end = 0;
  for (const { plainBytes, data } of chunks) {
    const output = plain.subarray(end, end + plainBytes);
    if (data.length === plainBytes) output.set(data);
    else if (algorithm === compressionAlgorithms.mszip) inflateMszipBlock(data, plain.subarray(0, end), output);
    else expandDirect2(data, output);
    end += plainBytes;
  }
  return plain;
}
