import { deflateRawSync } from 'node:zlib';

/** Cuts bytes in chunks of COMPRESSED_DATA, each compressed by `compress`, which is told what came before. */
function chunked(
  plain: Uint8Array,
  chunkBytes: number,
  compress: (chunk: Uint8Array, history: Uint8Array) => Uint8Array,
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < plain.length; start += chunkBytes) {
    const chunk = plain.subarray(start, start + chunkBytes);
    const data = compress(chunk, plain.subarray(0, start));
    const head = Buffer.alloc(8);
    head.writeUInt32LE(chunk.length, 0);
    head.writeUInt32LE(data.length, 4);
    parts.push(head, data, new Uint8Array(-data.length & 3));
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/** MSZIP as a server makes it, with the history of 32 KiB. */
export function compressMszip(plain: Uint8Array): Uint8Array {
  return chunked(plain, 32_768, (chunk, history) => {
    const dictionary = history.subarray(-32_768);
    const options = dictionary.length === 0 ? {} : { dictionary };
    return Buffer.concat([Buffer.from('CK'), deflateRawSync(chunk, options)]);
  });
}

/** How long the bytes at `from` are like those at `position`. */
function matchLength(bytes: Uint8Array, from: number, position: number): number {
  let length = 0;
  while (position + length < bytes.length && bytes[from + length] === bytes[position + length]) length += 1;
  return length;
}

/** Writes flags and what they tell of, in the way that is read by `expandDirect2`. */
class Direct2Writer {
  readonly bytes: number[] = [];
  #maskAt = 0;
  #flags = 32;
  #sharedAt: number | undefined;

  flag(isMatch: boolean): void {
    if (this.#flags === 32) {
      this.#maskAt = this.bytes.length;
      this.bytes.push(0, 0, 0, 0);
      this.#flags = 0;
    }
    const bit = 31 - this.#flags;
    const at = this.#maskAt + (bit >>> 3);
    if (isMatch) this.bytes[at] = (this.bytes[at] ?? 0) | (1 << (bit & 7));
    this.#flags += 1;
  }

  literal(byte: number): void {
    this.flag(false);
    this.bytes.push(byte);
  }

  match(distance: number, length: number): void {
    this.flag(true);
    const inWord = Math.min(length - 3, 7);
    const word = (distance - 1) * 8 + inWord;
    this.bytes.push(word & 0xff, word >>> 8);
    if (inWord < 7) return;
    const inNibble = Math.min(length - 10, 15);
    if (this.#sharedAt === undefined) {
      this.#sharedAt = this.bytes.length;
      this.bytes.push(inNibble);
    } else {
      this.bytes[this.#sharedAt] = (this.bytes[this.#sharedAt] ?? 0) | (inNibble << 4);
      this.#sharedAt = undefined;
    }
    if (inNibble < 15) return;
    const inByte = Math.min(length - 25, 255);
    this.bytes.push(inByte);
    if (inByte === 255) this.bytes.push((length - 3) & 0xff, (length - 3) >>> 8);
  }
}

/** One chunk in the Windows Server 2003 compression, with matches found by the last place of three bytes. */
function direct2(chunk: Uint8Array): Uint8Array {
  const writer = new Direct2Writer();
  const lastPlace = new Map<number, number>();
  let position = 0;
  while (position < chunk.length) {
    const [a = 0, b = 0, c = 0] = chunk.subarray(position, position + 3);
    const three = a * 65_536 + b * 256 + c;
    const from = lastPlace.get(three);
    lastPlace.set(three, position);
    const length = from === undefined || position - from > 8192 ? 0 : matchLength(chunk, from, position);
    if (from !== undefined && length >= 3) writer.match(position - from, length);
    else writer.literal(a);
    position += length >= 3 ? length : 1;
  }
  writer.flag(true);
  return Uint8Array.from(writer.bytes);
}

/** The Windows Server 2003 compression. A chunk that does not shrink is sent as it is. */
export function compressWin2k3(plain: Uint8Array): Uint8Array {
  return chunked(plain, 65_536, (chunk) => {
    const compressed = direct2(chunk);
    return compressed.length < chunk.length ? compressed : chunk;
  });
}
