import type { Duplex } from 'node:stream';
import { isWireError } from '@ad-protocols/wire';
import { closedError, protocolError } from './errors.ts';
import { FrameBuffer } from './frame-buffer.ts';
import { messageFraming } from './message-stream.ts';
import { decodeResponse, type LdapResponse } from './responses.ts';

/** No answer to a sign-in or to StartTLS is near this size. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/**
 * Sends one request and gives its answer, on a stream that nobody else reads. What comes after the answer stays in the stream.
 *
 * @throws {LdapError} ERR_LDAP_CLOSED, ERR_LDAP_PROTOCOL, ERR_LDAP_TOO_LARGE, or the stream's own error.
 */
export async function exchange(stream: Duplex, request: Uint8Array, server: string): Promise<LdapResponse> {
  stream.write(request);
  const frames = new FrameBuffer({ ...messageFraming, frameBytesMax: ANSWER_BYTES_MAX });
  try {
    for (;;) {
      const frame = frames.next();
      if (frame !== undefined) {
        const rest = frames.takeRest();
        if (rest.length > 0) stream.unshift(Buffer.from(rest));
        return decodeResponse(frame);
      }
      frames.push(await nextChunk(stream, server));
    }
  } catch (error) {
    if (!isWireError(error)) throw error;
    throw protocolError(server, `sent what is no LDAP message: ${error.message}`, error);
  }
}

async function nextChunk(stream: Duplex, server: string): Promise<Uint8Array> {
  for (;;) {
    if (stream.errored) throw stream.errored;
    if (stream.destroyed || stream.readableEnded) throw closedError(server);
    const chunk: unknown = stream.read();
    if (chunk instanceof Uint8Array) return chunk;
    await readableOrOver(stream);
  }
}

/** Resolves when there may be something to read, or when the stream has ended one way or another. */
async function readableOrOver(stream: Duplex): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  const events = ['readable', 'end', 'error', 'close'] as const;
  for (const event of events) stream.on(event, wake);
  try {
    await promise;
  } finally {
    for (const event of events) stream.off(event, wake);
  }
}
