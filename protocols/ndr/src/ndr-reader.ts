import { decodeGuid, decodeUtf16, Reader, type Guid } from '@ad-protocols/wire';
import type { TransferSyntax } from './transfer-syntax.ts';

/** What the upper half of a 64-bit number counts for. */
const UPPER_HALF = 0x1_0000_0000;

/**
 * Reads RPC parameters in transfer syntax NDR 2.0 or NDR64, little-endian.
 *
 * One description of a structure reads both: {@link NdrReader.pointer}, {@link NdrReader.maxCount},
 * {@link NdrReader.actualCount}, {@link NdrReader.enumeration}, {@link NdrReader.startOfStructure} and
 * {@link NdrReader.endOfStructure} take the width and the gaps of the syntax; all else is the same in the two.
 *
 * Integers align themselves to their own size from the start of the input, which must therefore be a whole stub or a
 * part cut at a multiple of 8. Pointers do not read their referents: {@link NdrReader.pointer} tells whether one
 * follows, and the caller reads it where the format puts it (after the structure that holds the pointer), so that a
 * long list never deepens the call stack. Every count is held against the bytes that are left before anything is allocated.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED from every read past the end.
 * @throws {MalformedError} ERR_WIRE_MALFORMED when a count cannot be true.
 * @see [C706] Transfer Syntax NDR (chapter 14); [MS-RPCE] 64-Bit Network Data Representation (2.2.5)
 */
export class NdrReader extends Reader {
  readonly syntax: TransferSyntax;
  readonly #wide: boolean;

  constructor(data: Uint8Array, structure: string, syntax: TransferSyntax = 'ndr') {
    super(data, structure);
    this.syntax = syntax;
    this.#wide = syntax === 'ndr64';
  }

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

  /** A value of an enumerated type: 2 bytes, in NDR64 4. @see [MS-RPCE] NDR64 Simple Data Types (2.2.5.2) */
  enumeration(): number {
    return this.#wide ? this.u32() : this.u16();
  }

  /** The referent id (4, in NDR64 8) of a unique pointer: whether it has a referent, which follows later. */
  pointer(): boolean {
    return this.#count() !== 0;
  }

  /**
   * Moves to where a structure or union begins: to a multiple of its largest alignment. Pointers count 4 in NDR 2.0 and 8 in
   * NDR64. A structure of the same alignment in both needs one number.
   *
   * @see [MS-RPCE] Structure with Trailing Gap (2.2.5.3.4.1), Unions (2.2.5.3.4.4)
   */
  startOfStructure(alignment: number, alignmentInNdr64 = alignment): void {
    this.align(this.#wide ? alignmentInNdr64 : alignment);
  }

  /** Moves over the gap that NDR64 puts behind a structure, up to a multiple of its alignment; NDR 2.0 has none. */
  endOfStructure(alignmentInNdr64: number): void {
    if (this.#wide) this.align(alignmentInNdr64);
  }

  /**
   * The maximum count (4, in NDR64 8) of a conformant array. It stands before the structure that ends with the array and
   * aligns to its own size, whatever the elements align to.
   *
   * @param elementSize Bytes that one element takes at the least; 0 where the array varies as well, for then its actual count is
   *   what has to fit.
   * @param limit The greatest count that the interface allows (`range`).
   * @throws {MalformedError} when so many elements cannot be in the bytes left.
   */
  maxCount(elementSize: number, limit = Number.MAX_SAFE_INTEGER): number {
    return this.#checked(this.#count(), elementSize, limit);
  }

  /**
   * Offset and actual count (4 each, in NDR64 8) of a varying array; the offset is zero in every interface in use.
   *
   * @param maxCount What {@link NdrReader.maxCount} gave for the same array.
   */
  actualCount(maxCount: number, elementSize: number): number {
    if (this.#count() !== 0) throw this.malformed('a varying array does not start at its first element');
    return this.#checked(this.#count(), elementSize, maxCount);
  }

  /** The count (4) that a structure gives for one of its arrays must be the array's own. */
  sameCount(stated: number, maxCount: number): number {
    if (stated !== maxCount) throw this.malformed(`an array of ${maxCount} elements is said to have ${stated}`);
    return stated;
  }

  /** A conformant array of bytes: maximum count ‖ bytes; a view of the input. */
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

  /** A number of the width of the syntax. Above 2^53 it is not exact, and far above every limit. */
  #count(): number {
    if (!this.#wide) return this.u32();
    this.align(8);
    return this.u32() + this.u32() * UPPER_HALF;
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
