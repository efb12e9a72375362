import { LdapError } from './errors.ts';

/** How the frames of a stream are told apart. */
export interface Framing {
  /** For messages: `a sealed buffer of LDAP`. */
  readonly name: string;
  /**
   * Bytes of the frame that begins with `head`, its header included; undefined when the header is not all there yet.
   * Needs 8 bytes at most to tell.
   */
  frameBytes(head: Uint8Array): number | undefined;
  /** Larger frames are refused as soon as their header is there. */
  readonly frameBytesMax: number;
}

const HEAD_BYTES = 8;

/** Received bytes until a frame is complete. What it costs grows with the bytes, however torn a frame arrives. */
export class FrameBuffer {
  readonly #framing: Framing;
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes of the frame that is awaited, once its header is known. */
  #needed: number | undefined;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** Bytes that are held and not yet given out. */
  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /**
   * The next frame as a view of what was pushed; undefined until all of it is there.
   *
   * @throws {LdapError} ERR_LDAP_TOO_LARGE
   * @throws {MalformedError} ERR_WIRE_MALFORMED when the header is none.
   */
  next(): Uint8Array | undefined {
    this.#needed ??= this.#measure();
    if (this.#needed === undefined || this.#length < this.#needed) return undefined;
    const all = this.#join();
    const frame = all.subarray(0, this.#needed);
    this.#needed = undefined;
    this.#chunks = [];
    this.#length = 0;
    this.push(all.subarray(frame.length));
    return frame;
  }

  /** All that is held, which is then no longer held. */
  takeRest(): Uint8Array {
    const rest = this.#join();
    this.#chunks = [];
    this.#length = 0;
    this.#needed = undefined;
    return rest;
  }

  #measure(): number | undefined {
    // Chunks of a few bytes are joined, so that the header is in the first one.
    if ((this.#chunks[0]?.length ?? 0) < HEAD_BYTES) this.#chunks = this.#length === 0 ? [] : [this.#join()];
    const head = this.#chunks[0];
    const size = head && this.#framing.frameBytes(head.subarray(0, HEAD_BYTES));
    if (size === undefined || size <= this.#framing.frameBytesMax) return size;
    throw new LdapError({
      code: 'ERR_LDAP_TOO_LARGE',
      message: `${this.#framing.name} is to have ${size} bytes; ${this.#framing.frameBytesMax} are taken at most`,
      nextStep: 'Check that the port is that of LDAP; if it is, ask for fewer entries or attributes at a time.',
    });
  }

  #join(): Uint8Array {
    const [only] = this.#chunks;
    if (only !== undefined && this.#chunks.length === 1) return only;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [all];
    return all;
  }
}
