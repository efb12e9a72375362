import { encodeGuid, encodeUtf16, Writer, type Guid } from '@ad-protocols/wire';
import type { TransferSyntax } from './transfer-syntax.ts';

/** The first referent id and the step to the next: any distinct non-zero numbers will do; these are the customary ones. */
const FIRST_REFERENT_ID = 0x0002_0000;
const REFERENT_ID_STEP = 4;

/**
 * Writes RPC parameters in transfer syntax NDR 2.0 or NDR64, little-endian; the counterpart of `NdrReader`, with the same
 * methods for what differs between the two.
 *
 * Integers align themselves to their own size from the start of the output, with zeros between. A pointer writes only
 * its referent id; the caller writes the referent where the format puts it.
 *
 * @see [C706] Transfer Syntax NDR (chapter 14); [MS-RPCE] 64-Bit Network Data Representation (2.2.5)
 */
export class NdrWriter extends Writer {
  readonly syntax: TransferSyntax;
  readonly #wide: boolean;
  #nextReferentId = FIRST_REFERENT_ID;

  constructor(syntax: TransferSyntax = 'ndr') {
    super();
    this.syntax = syntax;
    this.#wide = syntax === 'ndr64';
  }

  override u16(value: number): this {
    this.align(2);
    return super.u16(value);
  }

  override u32(value: number): this {
    this.align(4);
    return super.u32(value);
  }

  override i32(value: number): this {
    this.align(4);
    return super.i32(value);
  }

  override u64(value: bigint): this {
    this.align(8);
    return super.u64(value);
  }

  override i64(value: bigint): this {
    this.align(8);
    return super.i64(value);
  }

  /** A GUID: 16 bytes, aligned to 4. */
  guid(value: Guid): this {
    return this.align(4).bytes(encodeGuid(value));
  }

  /** A value of an enumerated type: 2 bytes, in NDR64 4. */
  enumeration(value: number): this {
    return this.#wide ? this.u32(value) : this.u16(value);
  }

  /** A unique pointer (4, in NDR64 8): a fresh referent id when it has a referent, else zero. */
  pointer(hasReferent: boolean): this {
    if (!hasReferent) return this.#count(0);
    const id = this.#nextReferentId;
    this.#nextReferentId += REFERENT_ID_STEP;
    return this.#count(id);
  }

  /** Pads to where a structure or union begins, as `NdrReader.startOfStructure` reads it. */
  startOfStructure(alignment: number, alignmentInNdr64 = alignment): this {
    return this.align(this.#wide ? alignmentInNdr64 : alignment);
  }

  /** Pads behind a structure, in NDR64 only. */
  endOfStructure(alignmentInNdr64: number): this {
    return this.#wide ? this.align(alignmentInNdr64) : this;
  }

  /** The maximum count (4, in NDR64 8) of a conformant array. */
  maxCount(count: number): this {
    return this.#count(count);
  }

  /** Offset, always zero, and actual count (4 each, in NDR64 8) of a varying array. */
  actualCount(count: number): this {
    return this.#count(0).#count(count);
  }

  /** A conformant array of bytes: maximum count ‖ bytes. */
  conformantBytes(value: Uint8Array): this {
    return this.maxCount(value.length).bytes(value);
  }

  /** A conformant and varying string of UTF-16 code units with its terminator. */
  wideString(text: string): this {
    const units = text.length + 1;
    return this.maxCount(units).actualCount(units).bytes(encodeUtf16(text)).fill(2);
  }

  #count(value: number): this {
    return this.#wide ? this.align(8).u32(value).u32(0) : this.u32(value);
  }
}
