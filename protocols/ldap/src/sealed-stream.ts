import type { Duplex } from 'node:stream';
import type { SecurityContext } from '@ad-protocols/gss';
import type { Framing } from './frame-buffer.ts';
import { FramedStream } from './framed-stream.ts';

/** Bytes of the length before each token. */
const LENGTH_BYTES = 4;
/** What a token may add to its content, for any mechanism in use (RFC 4121 adds most: about 80). */
const TOKEN_OVERHEAD_MAX = 128;

/** Largest token taken from the server unless told otherwise. */
export const RECEIVE_BYTES_MAX = 16 * 1024 * 1024;
/** Largest token sent unless the server takes only smaller ones. */
export const SEND_BYTES_MAX = 64 * 1024;

/** A server that takes only smaller ones is refused: there would be hardly room for content. */
export const SEND_BYTES_MIN = 256;

/** Sizes of tokens in bytes, without the length before them. */
export interface SealedStreamLimits {
  /** Default {@link RECEIVE_BYTES_MAX}. */
  readonly receiveBytesMax?: number | undefined;
  /** Default {@link SEND_BYTES_MAX}, at least {@link SEND_BYTES_MIN}. */
  readonly sendBytesMax?: number | undefined;
}

/**
 * The SASL security layer: what is written goes out signed and sealed, and only what is rightly signed and sealed comes in.
 *
 * Layout of a buffer in each direction: length of the token in bytes (4, big-endian) ‖ token of {@link SecurityContext.wrap}.
 * Takes `below` and `context` over: both end with this stream. It ends with an error SecurityError ERR_GSS_SIGNATURE,
 * LdapError ERR_LDAP_TOO_LARGE, ERR_LDAP_PROTOCOL (ended within a buffer) or ERR_LDAP_CLOSED.
 *
 * @see RFC 4422 §3.7 Security Layers; RFC 4752 §3.3
 */
export class SealedStream extends FramedStream {
  constructor(below: Duplex, context: SecurityContext, options: SealedStreamLimits & { server: string }) {
    const contentMax = Math.max(SEND_BYTES_MIN, options.sendBytesMax ?? SEND_BYTES_MAX) - TOKEN_OVERHEAD_MAX;
    const codec = {
      ...sealedFraming(options.receiveBytesMax ?? RECEIVE_BYTES_MAX),
      receive: (frame: Uint8Array) => context.unwrap(frame.subarray(LENGTH_BYTES)),
      *send(chunk: Uint8Array): Generator<Uint8Array> {
        for (let at = 0; at < chunk.length; at += contentMax) {
          yield sealedBuffer(context.wrap(chunk.subarray(at, at + contentMax)));
        }
      },
      release: () => context.wipe(),
    };
    super(below, codec, { server: options.server });
  }
}

/** How sealed buffers follow each other; `receiveBytesMax` is the size of a token. */
export function sealedFraming(receiveBytesMax: number): Framing {
  return {
    name: 'a sealed buffer',
    frameBytesMax: LENGTH_BYTES + receiveBytesMax,
    frameBytes: (head) =>
      head.length < LENGTH_BYTES ? undefined : LENGTH_BYTES + new DataView(head.buffer, head.byteOffset).getUint32(0),
  };
}

function sealedBuffer(token: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(LENGTH_BYTES + token.length);
  new DataView(buffer.buffer).setUint32(0, token.length);
  buffer.set(token, LENGTH_BYTES);
  return buffer;
}
