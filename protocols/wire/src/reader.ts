import { MalformedError, TruncatedError } from './errors.ts';

/**
 * A cursor over received bytes: little-endian unless a method says otherwise, every access checked against the end.
 *
 * The reader is a view: `bytes` returns sub-arrays of the input without copying, so the caller must not reuse the input.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED from every read past the end.
 */
export class Reader {
  /** What is being read; named in errors. */
  readonly structure: string;
  #data: Uint8Array;
  #view: DataView;
  #offset = 0;

  constructor(data: Uint8Array, structure: string) {
    this.structure = structure;
    this.#data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** Bytes from the start of the input. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.#data.length - this.#offset;
  }

  #take(length: number): number {
    const start = this.#offset;
    if (length > this.#data.length - start) {
      throw new TruncatedError({
        structure: this.structure,
        offset: start,
        needed: length,
        available: this.#data.length - start,
      });
    }
    this.#offset = start + length;
    return start;
  }

  /** As `#take` for a length that somebody has computed from what was read. */
  #takeMany(length: number): number {
    if (!Number.isSafeInteger(length) || length < 0) throw this.malformed(`length ${length} is not usable`);
    return this.#take(length);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u16be(): number {
    return this.#view.getUint16(this.#take(2), false);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  u32be(): number {
    return this.#view.getUint32(this.#take(4), false);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true);
  }

  /** The next `length` bytes as a view of the input. */
  bytes(length: number): Uint8Array {
    const start = this.#takeMany(length);
    return this.#data.subarray(start, start + length);
  }

  skip(length: number): void {
    this.#takeMany(length);
  }

  /** Moves forward to the next multiple of `size` (a power of two) from the start of the input. */
  align(size: number): void {
    this.#take(-this.#offset & (size - 1));
  }

  /** Moves to an absolute offset within the input. */
  seek(offset: number): void {
    if (!Number.isSafeInteger(offset) || offset < 0) throw this.malformed(`offset ${offset} is not usable`);
    this.#offset = 0;
    this.#take(offset);
  }

  /** An error that names the structure and the current offset; the caller throws it. */
  malformed(problem: string): MalformedError {
    return new MalformedError({ structure: this.structure, offset: this.#offset, problem });
  }
}
