import { Duplex } from 'node:stream';
import { isWireError } from '@ad-protocols/wire';
import { closedError, protocolError } from './errors.ts';
import { FrameBuffer, type Framing } from './frame-buffer.ts';

/** A {@link Framing} with what becomes of a frame in each direction. */
export interface FrameCodec extends Framing {
  /** What a received frame gives to the reader. It may throw; the stream then ends with that error. */
  receive(frame: Uint8Array): Uint8Array;
  /** The bytes to be sent for what was written, a piece at a time. */
  send(chunk: Uint8Array): Iterable<Uint8Array>;
  /** Called once, when the stream is destroyed. */
  release(): void;
}

/**
 * A stream on top of another one that goes frame by frame. It owns the stream below and ends with it.
 *
 * Each frame that is received becomes one chunk. Reading stops while nobody takes the chunks; writing waits for the stream
 * below. An end of the stream below in the middle of a frame is an error, as is its loss.
 *
 * `connecting` and `readyState` tell users of `net.Socket`, such as ldapts, that it is open.
 */
export class FramedStream extends Duplex {
  readonly connecting = false;
  readonly #below: Duplex;
  readonly #codec: FrameCodec;
  readonly #frames: FrameBuffer;
  readonly #server: string;
  #wanted = false;
  #belowEnded = false;

  /** `server` names the other side in errors. `wholeFrames` keeps chunks apart in the reader's buffer as well. */
  constructor(below: Duplex, codec: FrameCodec, options: { server: string; wholeFrames?: boolean }) {
    super({ readableObjectMode: options.wholeFrames ?? false, allowHalfOpen: false });
    this.#below = below;
    this.#codec = codec;
    this.#frames = new FrameBuffer(codec);
    this.#server = options.server;
    this.on('error', keptInErrored);
    below.on('data', (chunk: Uint8Array) => {
      this.#frames.push(chunk);
      this.#deliver();
    });
    below.once('end', () => {
      this.#belowEnded = true;
      this.#deliver();
    });
    below.on('error', (error) => this.destroy(error));
    below.once('close', () => {
      if (!this.#belowEnded) this.destroy(closedError(options.server));
    });
    below.pause();
  }

  get readyState(): 'open' | 'closed' {
    return this.destroyed ? 'closed' : 'open';
  }

  #deliver(): void {
    try {
      while (this.#wanted && !this.destroyed) {
        const frame = this.#frames.next();
        if (frame === undefined) {
          if (this.#belowEnded) this.#end();
          break;
        }
        const content = this.#codec.receive(frame);
        if (content.length > 0) this.#wanted = this.push(asBuffer(content));
      }
    } catch (error) {
      this.destroy(this.#broken(error));
      return;
    }
    if (this.#wanted) this.#below.resume();
    else this.#below.pause();
  }

  #broken(error: unknown): Error {
    if (isWireError(error)) {
      return protocolError(this.#server, `sent what is not ${this.#codec.name}: ${error.message}`, error);
    }
    return error instanceof Error ? error : new TypeError(String(error));
  }

  #end(): void {
    const { name } = this.#codec;
    if (this.#frames.length > 0) this.destroy(protocolError(this.#server, `ended in the middle of ${name}`));
    else this.push(null);
  }

  override _read(): void {
    this.#wanted = true;
    this.#deliver();
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    let pieces: Uint8Array[];
    try {
      pieces = [...this.#codec.send(chunk)];
    } catch (error) {
      done(error instanceof Error ? error : new TypeError(String(error)));
      return;
    }
    const last = pieces.pop();
    if (last === undefined) {
      done();
      return;
    }
    for (const piece of pieces) this.#below.write(piece);
    this.#below.write(last, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#below.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#codec.release();
    this.#below.destroy();
    done(error);
  }
}

/** The connection can be lost before a user of the stream has come to listen, which must not end the process. */
function keptInErrored(): void {}

/** Users of `net.Socket` expect Buffers. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
