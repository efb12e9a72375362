import { decodeHeader, HEADER_BYTES, type PduHeader } from './header.ts';
import { MalformedError } from '@ad-protocols/wire';

/** One whole PDU as it came over the wire. */
export interface Pdu {
  readonly header: PduHeader;
  /** The header included. The receiver may overwrite it; it is valid only until the next one is taken. */
  readonly bytes: Uint8Array;
}

/** Cuts a stream of bytes into PDUs, however the network has cut the stream. Only a PDU that spans two chunks is copied. */
export class PduSplitter {
  readonly #partial: Uint8Array;
  #partialLength = 0;

  /** `fragmentBytesMax`: the largest PDU that the other side may send. */
  constructor(fragmentBytesMax: number) {
    this.#partial = new Uint8Array(fragmentBytesMax);
  }

  /**
   * The PDUs that this chunk completes; what is left over waits for the next chunk. Take all of them.
   *
   * @throws {MalformedError} ERR_WIRE_MALFORMED: not a PDU, or a larger one than allowed.
   */
  *push(chunk: Uint8Array): Generator<Pdu> {
    let rest = chunk;
    if (this.#partialLength > 0) {
      rest = this.#fill(rest, HEADER_BYTES);
      if (this.#partialLength < HEADER_BYTES) return;
      const header = this.#checkedHeader(this.#partial);
      rest = this.#fill(rest, header.fragmentLength);
      if (this.#partialLength < header.fragmentLength) return;
      this.#partialLength = 0;
      yield { header, bytes: this.#partial.subarray(0, header.fragmentLength) };
    }
    while (rest.length >= HEADER_BYTES) {
      const header = this.#checkedHeader(rest);
      if (rest.length < header.fragmentLength) break;
      yield { header, bytes: rest.subarray(0, header.fragmentLength) };
      rest = rest.subarray(header.fragmentLength);
    }
    this.#partial.set(rest);
    this.#partialLength = rest.length;
  }

  /** Takes bytes from `source` until `length` are gathered; gives what is left of it. */
  #fill(source: Uint8Array, length: number): Uint8Array {
    const missing = Math.max(0, length - this.#partialLength);
    const taken = source.subarray(0, missing);
    this.#partial.set(taken, this.#partialLength);
    this.#partialLength += taken.length;
    return source.subarray(taken.length);
  }

  #checkedHeader(bytes: Uint8Array): PduHeader {
    const header = decodeHeader(bytes);
    if (header.fragmentLength <= this.#partial.length) return header;
    const problem = `a fragment of ${header.fragmentLength} bytes, at most ${this.#partial.length} were agreed on`;
    throw new MalformedError({ structure: 'RPC header', offset: 8, problem });
  }
}
