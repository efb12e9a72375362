import { encodeGuid, encodeUtf16, Writer, type Guid } from '@ad-protocols/wire';

/** The first referent id and the step to the next: any distinct non-zero numbers will do; these are the customary ones. */
const FIRST_REFERENT_ID = 0x0002_0000;
const REFERENT_ID_STEP = 4;

/**
 * Writes RPC parameters in transfer syntax NDR 2.0, little-endian; the counterpart of `NdrReader`.
 *
 * Integers align themselves to their own size from the start of the output, with zeros between. A pointer writes only
 * its referent id; the caller writes the referent where the format puts it.
 *
 * @see [C706] Transfer Syntax NDR (chapter 14)
 */
export class NdrWriter extends Writer {
  #nextReferentId = FIRST_REFERENT_ID;

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

  /** A unique pointer (4): a fresh referent id when it has a referent, else zero. */
  pointer(hasReferent: boolean): this {
    if (!hasReferent) return this.u32(0);
    const id = this.#nextReferentId;
    this.#nextReferentId += REFERENT_ID_STEP;
    return this.u32(id);
  }

  /** The maximum count (4) of a conformant array. */
  maxCount(count: number): this {
    return this.u32(count);
  }

  /** Offset (4), always zero, and actual count (4) of a varying array. */
  actualCount(count: number): this {
    return this.u32(0).u32(count);
  }

  /** A conformant array of bytes: maximum count (4) ‖ bytes. */
  conformantBytes(value: Uint8Array): this {
    return this.maxCount(value.length).bytes(value);
  }

  /** A conformant and varying string of UTF-16 code units with its terminator. */
  wideString(text: string): this {
    const units = text.length + 1;
    return this.maxCount(units).actualCount(units).bytes(encodeUtf16(text)).fill(2);
  }
}
