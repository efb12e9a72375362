import { MalformedError, TruncatedError } from '@ad-protocols/wire';

const STRUCTURE = 'DIRECT2 stream';
/** Flags in one mask; one for each literal or match that follows it, the highest bit first. */
const FLAGS = 32;
const MATCH_BYTES_MIN = 3;
/** Lengths that their field states in full mean: the next field says more. */
const LENGTH_IN_WORD_FULL = 7;
const LENGTH_IN_NIBBLE_FULL = 15;
const LENGTH_IN_BYTE_FULL = 255;

/** Reads the input byte by byte, with the one nibble that is left over from the match before. */
class Input {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #leftNibble: number | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  malformed(problem: string): MalformedError {
    return new MalformedError({ structure: STRUCTURE, offset: this.#offset, problem });
  }

  /** Unsigned, little-endian, of `size` bytes. */
  number(size: 1 | 2 | 4): number {
    const available = this.#bytes.length - this.#offset;
    if (size > available) {
      throw new TruncatedError({ structure: STRUCTURE, offset: this.#offset, needed: size, available });
    }
    let value = 0;
    for (let index = size - 1; index >= 0; index -= 1) value = value * 256 + (this.#bytes[this.#offset + index] ?? 0);
    this.#offset += size;
    return value;
  }

  /** Two matches share a byte: the first takes the low nibble, the next one that needs a nibble the high one. */
  #nibble(): number {
    if (this.#leftNibble !== undefined) {
      const nibble = this.#leftNibble;
      this.#leftNibble = undefined;
      return nibble;
    }
    const shared = this.number(1);
    this.#leftNibble = shared >>> 4;
    return shared & 0x0f;
  }

  /** Length of the match whose word has `inWord` in its three low bits. */
  matchBytes(inWord: number): number {
    if (inWord < LENGTH_IN_WORD_FULL) return inWord + MATCH_BYTES_MIN;
    const inNibble = this.#nibble();
    if (inNibble < LENGTH_IN_NIBBLE_FULL) return LENGTH_IN_WORD_FULL + inNibble + MATCH_BYTES_MIN;
    const inByte = this.number(1);
    const before = LENGTH_IN_WORD_FULL + LENGTH_IN_NIBBLE_FULL;
    if (inByte < LENGTH_IN_BYTE_FULL) return before + inByte + MATCH_BYTES_MIN;
    // All of the length is in these two bytes: what came before is not added.
    const whole = this.number(2);
    if (whole < before) throw this.malformed(`a long match of ${whole + MATCH_BYTES_MIN} bytes`);
    return whole + MATCH_BYTES_MIN;
  }
}

/** Copies a match of the output to its end, byte by byte, because a match may reach into what it makes. */
function copyMatch(output: Uint8Array, end: number, match: { distance: number; length: number }): void {
  const { distance, length } = match;
  for (let index = end; index < end + length; index += 1) output[index] = output[index - distance] ?? 0;
}

/**
 * Expands one chunk of the Windows Server 2003 compression into exactly `output`.
 *
 * Layout: masks (4) of 32 flags, the highest bit first, each followed by what its flags tell of: 0 is a literal byte, 1 a match:
 * word (2) with the distance less one in its upper 13 bits and the length less three in the lower 3, which go on in a nibble
 * (half a byte, shared by two matches), a byte, and two bytes. A last flag of 1 marks the end; the size tells it already.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED: it ends before the output is full.
 * @throws {MalformedError} ERR_WIRE_MALFORMED: a match from before the start or beyond the end.
 * @see [MS-DRSR] DIRECT2 Encoding Algorithm (4.1.10.5.21.2); [MS-XCA] Plain LZ77 Decompression (2.4.4)
 */
export function expandDirect2(bytes: Uint8Array, output: Uint8Array): void {
  const input = new Input(bytes);
  let mask = 0;
  let flagsLeft = 0;
  let end = 0;
  while (end < output.length) {
    if (flagsLeft === 0) {
      mask = input.number(4);
      flagsLeft = FLAGS;
    }
    flagsLeft -= 1;
    if (((mask >>> flagsLeft) & 1) === 0) {
      output[end] = input.number(1);
      end += 1;
      continue;
    }
    const word = input.number(2);
    const distance = (word >>> 3) + 1;
    const length = input.matchBytes(word & 7);
    if (distance > end) throw input.malformed(`a match from ${distance} bytes back, of ${end}`);
    if (length > output.length - end) throw input.malformed(`a match of ${length} bytes, for ${output.length - end}`);
    copyMatch(output, end, { distance, length });
    end += length;
  }
}
