import { MalformedError } from '@ad-protocols/wire';
import { RpcProtocolError } from './errors.ts';
import { PFC_FIRST_FRAG, PFC_LAST_FRAG } from './pdu/header.ts';

/** Fragments that any response may come in, however small it is. */
export const FRAGMENTS_MIN = 256;
/** Beyond that, what they carry on average at the least. Servers fill fragments; a flood of empty ones must come to an end. */
export const FRAGMENT_STUB_BYTES_MIN = 256;

/** Joins the stubs of a response's fragments in one buffer, which is made large enough at the first fragment where possible. */
export class ResponseAssembler {
  readonly #peer: string;
  readonly #bytesMax: number;
  #stub = new Uint8Array(0);
  #length = 0;
  #fragments = 0;

  /** `bytesMax`: the largest stub that is accepted; so many bytes are expected to come in fragments of a sensible size. */
  constructor(peer: string, bytesMax: number) {
    this.#peer = peer;
    this.#bytesMax = bytesMax;
  }

  /**
   * Takes the next fragment's stub; gives the whole stub, the caller's to keep, when it was the last.
   *
   * @param hint bytes of stub from this fragment on, as the sender says; 0 or wrong costs only time.
   * @throws {MalformedError} ERR_WIRE_MALFORMED: out of order.
   * @throws {RpcProtocolError} ERR_RPC_RESPONSE_TOO_LARGE
   */
  add(stub: Uint8Array, flags: number, hint: number): Uint8Array | undefined {
    const started = this.#fragments > 0;
    if (((flags & PFC_FIRST_FRAG) !== 0) === started) {
      const problem = started ? 'a second first fragment' : 'the first fragment is missing';
      throw new MalformedError({ structure: 'response', offset: 3, problem });
    }
    this.#fragments += 1;
    if (this.#fragments > FRAGMENTS_MIN + this.#bytesMax / FRAGMENT_STUB_BYTES_MIN) {
      throw this.#tooLarge(`a response in more than ${this.#fragments - 1} fragments`);
    }
    const needed = this.#length + stub.length;
    if (needed > this.#bytesMax) throw this.#tooLarge(`a response of more than ${this.#bytesMax} bytes`);
    if (needed > this.#stub.length) this.#grow(Math.max(needed, Math.min(this.#length + hint, this.#bytesMax)));
    this.#stub.set(stub, this.#length);
    this.#length = needed;
    return (flags & PFC_LAST_FRAG) === 0 ? undefined : this.#stub.subarray(0, needed);
  }

  #tooLarge(problem: string): RpcProtocolError {
    return new RpcProtocolError({ peer: this.#peer, problem, code: 'ERR_RPC_RESPONSE_TOO_LARGE' });
  }

  /** At least doubles, so that a sender without hints costs a copy per doubling and not per fragment. */
  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, Math.min(this.#stub.length * 2, this.#bytesMax)));
    larger.set(this.#stub.subarray(0, this.#length));
    this.#stub.fill(0);
    this.#stub = larger;
  }
}
