import { once } from 'node:events';
import { connect } from 'node:net';
import { MalformedError, TruncatedError } from '@ad-protocols/wire';
import type { KdcAddress } from './kdc-address.ts';

/** Bytes of an answer at most; a ticket of a user in a thousand groups has some 50,000. */
const ANSWER_BYTES_MAX = 1 << 20;

const STRUCTURE = 'KDC answer over TCP';

/**
 * The answer of a KDC over TCP: 4 bytes of length, big-endian, then the message.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED when the KDC closes too early.
 * @throws {MalformedError} ERR_WIRE_MALFORMED for an absurd length, or bytes after the answer.
 * @throws whatever the socket gives, or the reason of `signal`, which ends the wait.
 * @see RFC 4120 §7.2.2
 */
export async function exchangeStream(
  { host, port }: KdcAddress,
  request: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const socket = connect({ host, port, noDelay: true, signal });
  try {
    await once(socket, 'connect', { signal });
    const head = Buffer.alloc(4);
    head.writeUInt32BE(request.length);
    socket.write(Buffer.concat([head, request]));
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      const answer = answerOf(received);
      if (answer !== undefined) return answer;
    }
    const needed = received.length < 4 ? 4 : received.readUInt32BE();
    throw new TruncatedError({ structure: STRUCTURE, offset: received.length, needed, available: 0 });
  } finally {
    socket.destroy();
  }
}

/** The answer, once all of it is there. */
function answerOf(received: Buffer): Uint8Array | undefined {
  if (received.length < 4) return undefined;
  const length = received.readUInt32BE();
  // The highest bit is reserved for extensions that nobody asked for.
  if (length > ANSWER_BYTES_MAX)
    throw new MalformedError({ structure: STRUCTURE, offset: 0, problem: `a length of ${length} bytes` });
  if (received.length < 4 + length) return undefined;
  if (received.length > 4 + length)
    throw new MalformedError({ structure: STRUCTURE, offset: 4 + length, problem: 'bytes after the answer' });
  return new Uint8Array(received.subarray(4));
}
