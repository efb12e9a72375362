/** A growing little-endian buffer; the counterpart of {@link Reader}. */
export class Writer {
  #data: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(initialCapacity = 256) {
    this.#data = new Uint8Array(initialCapacity);
    this.#view = new DataView(this.#data.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  #grow(count: number): number {
    const start = this.#length;
    const needed = start + count;
    if (needed > this.#data.length) {
      const larger = new Uint8Array(Math.max(needed, this.#data.length * 2));
      larger.set(this.#data.subarray(0, start));
      this.#data.fill(0);
      this.#data = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = needed;
    return start;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }

  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  u16be(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, false);
    return this;
  }

  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  i32(value: number): this {
    const at = this.#grow(4);
    this.#view.setInt32(at, value, true);
    return this;
  }

  u32be(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, false);
    return this;
  }

  u64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, value, true);
    return this;
  }

  i64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigInt64(at, value, true);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#grow(value.length);
    this.#data.set(value, at);
    return this;
  }

  /** Writes `count` bytes of `value`. */
  fill(count: number, value = 0): this {
    const at = this.#grow(count);
    this.#data.fill(value, at, at + count);
    return this;
  }

  /** Pads with zeros to the next multiple of `size` (a power of two). */
  align(size: number): this {
    return this.fill(-this.#length & (size - 1));
  }

  /** Overwrites a 16-bit field written earlier, for lengths known only afterwards. */
  patchU16(offset: number, value: number): this {
    this.#view.setUint16(offset, value, true);
    return this;
  }

  /** Overwrites a 32-bit field written earlier, for lengths known only afterwards. */
  patchU32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }

  /** A fresh copy of what was written; the writer's own memory is wiped and the writer is empty again. */
  finish(): Uint8Array {
    const result = this.#data.slice(0, this.#length);
    this.#data.fill(0);
    this.#length = 0;
    return result;
  }
}
