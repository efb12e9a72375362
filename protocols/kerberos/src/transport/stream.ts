import { once } from 'node:events';
import { connect } from 'node:net';
import { MalformedError, TruncatedError } from '@ad-protocols/wire';
import type { KdcAddress } from './kdc-address.ts';

/** Bytes of an answer at most; a ticket of a user in a thousand groups has some 50,000. */
const ANSWER_BYTES_MAX = 1 << 20;

const STRUCTURE = 'answer over TCP';

/**
 * The answer of a KDC over TCP: the length, big-endian, then the message.
 *
 * @param lengthBytes 4 for Kerberos, 2 for DNS.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED when the KDC closes too early.
 * @throws {MalformedError} ERR_WIRE_MALFORMED for an absurd length, or bytes after the answer.
 * @throws whatever the socket gives, or the reason of `signal`, which ends the wait.
 * @see RFC 4120 §7.2.2; RFC 1035 §4.2.2
 */
export async function exchangeStream(
  { host, port }: KdcAddress,
  request: Uint8Array,
  signal: AbortSignal,
  lengthBytes: 2 | 4 = 4,
): Promise<Uint8Array> {
  const socket = connect({ host, port, noDelay: true, signal });
  try {
    await once(socket, 'connect', { signal });
    const head = Buffer.alloc(lengthBytes);
    head.writeUIntBE(request.length, 0, lengthBytes);
    socket.write(Buffer.concat([head, request]));
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      const answer = answerOf(received, lengthBytes);
      if (answer !== undefined) return answer;
    }
    const needed = received.length < lengthBytes ? lengthBytes : received.readUIntBE(0, lengthBytes);
    throw new TruncatedError({ structure: STRUCTURE, offset: received.length, needed, available: 0 });
  } finally {
    socket.destroy();
  }
}

/** The answer, once all of it is there. */
function answerOf(received: Buffer, lengthBytes: number): Uint8Array | undefined {
  if (received.length < lengthBytes) return undefined;
  const length = received.readUIntBE(0, lengthBytes);
  // The highest bit is reserved for extensions that nobody asked for.
  if (length > ANSWER_BYTES_MAX)
    throw new MalformedError({ structure: STRUCTURE, offset: 0, problem: `a length of ${length} bytes` });
  const end = lengthBytes + length;
  if (received.length < end) return undefined;
  if (received.length > end)
    throw new MalformedError({ structure: STRUCTURE, offset: end, problem: 'bytes after the answer' });
  return new Uint8Array(received.subarray(lengthBytes));
}
