import { decodeGuid, decodeUtf16, Reader, type Guid } from '@ad-protocols/wire';

/**
 * Reads RPC parameters in transfer syntax NDR 2.0, little-endian.
 *
 * Integers align themselves to their own size from the start of the input, which must therefore be a whole stub or a
 * part cut at a multiple of 8. Pointers do not read their referents: {@link NdrReader.pointer} tells whether one
 * follows, and the caller reads it where the format puts it (after the structure that holds the pointer), so that a
 * long list never deepens the call stack. Every count is held against the bytes that are left before anything is allocated.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED from every read past the end.
 * @throws {MalformedError} ERR_WIRE_MALFORMED when a count cannot be true.
 * @see [C706] Transfer Syntax NDR (chapter 14); [MS-RPCE] NDR Transfer Syntax Identifier (3.1.1.5.1)
 */
export class NdrReader extends Reader {
  override u16(): number {
    this.align(2);
    return super.u16();
  }

  override u32(): number {
    this.align(4);
    return super.u32();
  }

  override i32(): number {
    this.align(4);
    return super.i32();
  }

  override u64(): bigint {
    this.align(8);
    return super.u64();
  }

  override i64(): bigint {
    this.align(8);
    return super.i64();
  }

  /** A GUID: 16 bytes, aligned to 4. */
  guid(): Guid {
    this.align(4);
    return decodeGuid(this.bytes(16));
  }

  /** The referent id (4) of a unique pointer: whether it has a referent, which follows later. */
  pointer(): boolean {
    return this.u32() !== 0;
  }

  /**
   * The maximum count (4) of a conformant array. It stands before the structure that ends with the array and aligns to 4,
   * whatever its elements align to.
   *
   * @param elementSize Bytes that one element takes at the least; zero when an element can be empty is not allowed.
   * @param limit The greatest count that the interface allows (`range`).
   * @throws {MalformedError} when so many elements cannot be in the bytes left.
   */
  maxCount(elementSize: number, limit = Number.MAX_SAFE_INTEGER): number {
    return this.#checked(this.u32(), elementSize, limit);
  }

  /**
   * Offset (4) and actual count (4) of a varying array; the offset is zero in every interface in use.
   *
   * @param maxCount What {@link NdrReader.maxCount} gave for the same array.
   */
  actualCount(maxCount: number, elementSize: number): number {
    if (this.u32() !== 0) throw this.malformed('a varying array does not start at its first element');
    return this.#checked(this.u32(), elementSize, maxCount);
  }

  /** The count (4) that a structure gives for one of its arrays must be the array's own. */
  sameCount(stated: number, maxCount: number): number {
    if (stated !== maxCount) throw this.malformed(`an array of ${maxCount} elements is said to have ${stated}`);
    return stated;
  }

  /** A conformant array of bytes: maximum count (4) ‖ bytes; a view of the input. */
  conformantBytes(): Uint8Array {
    return this.bytes(this.maxCount(1));
  }

  /** A conformant and varying string of UTF-16 code units, its terminator removed. */
  wideString(): string {
    const units = this.actualCount(this.maxCount(0), 2);
    const text = decodeUtf16(this.bytes(units * 2));
    if (!text.endsWith('\0')) throw this.malformed('a string is not terminated');
    return text.slice(0, -1);
  }

  #checked(count: number, elementSize: number, limit: number): number {
    if (count > limit) throw this.malformed(`a count of ${count} is above the limit of ${limit}`);
    if (count * elementSize > this.remaining) {
      throw this.malformed(
        `${count} elements of at least ${elementSize} bytes do not fit the ${this.remaining} bytes left`,
      );
    }
    return count;
  }
}
