import { inflateRawSync } from 'node:zlib';
import { MalformedError, Reader } from '@ad-protocols/wire';

const STRUCTURE = 'MSZIP block';
/** `CK`. */
const SIGNATURE = 0x4b43;
/** How far back DEFLATE reaches, over the border of blocks as well. */
const WINDOW_BYTES = 32_768;

/**
 * Expands one MSZIP block into exactly `output`.
 *
 * Layout: `CK` (2) ‖ a DEFLATE stream, that may refer to the last 32 KiB of the blocks before it.
 *
 * @param history All that the blocks before gave.
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED: shorter than its signature.
 * @throws {MalformedError} ERR_WIRE_MALFORMED: no signature, a broken stream, or one of another size.
 * @see RFC 1951; [MS-DRSR] DecompressMessage (4.1.10.6.19)
 */
export function inflateMszipBlock(bytes: Uint8Array, history: Uint8Array, output: Uint8Array): void {
  const malformed = (problem: string): MalformedError =>
    new MalformedError({ structure: STRUCTURE, offset: 0, problem });
  if (new Reader(bytes, STRUCTURE).u16() !== SIGNATURE) throw malformed('it does not start with CK');
  const dictionary = history.subarray(-WINDOW_BYTES);
  let plain: Uint8Array;
  try {
    plain = inflateRawSync(bytes.subarray(2), {
      maxOutputLength: output.length,
      ...(dictionary.length === 0 ? {} : { dictionary }),
    });
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : 'it cannot be inflated');
  }
  if (plain.length !== output.length) throw malformed(`it holds ${plain.length} bytes instead of ${output.length}`);
  output.set(plain);
}
