import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { KdcAddress } from './kdc-address.ts';

/** Milliseconds after which a request is sent again: datagrams get lost. */
const RESEND_MS = 1000;

/**
 * The answer of a KDC over UDP.
 *
 * @throws whatever the socket gives, or the reason of `signal`, which ends the wait.
 * @see RFC 4120 §7.2.1
 */
export async function exchangeDatagram(
  { host, port }: KdcAddress,
  request: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { address, family } = await lookup(host);
  signal.throwIfAborted();
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  let resend: NodeJS.Timeout | undefined;
  try {
    // A connected socket takes datagrams of this peer only, and is told that nobody listens there.
    socket.connect(port, address);
    await once(socket, 'connect', { signal });
    const answer = once(socket, 'message', { signal });
    socket.send(request);
    resend = setInterval(() => {
      socket.send(request);
    }, RESEND_MS);
    const [message] = (await answer) as [Buffer];
    return new Uint8Array(message);
  } finally {
    clearInterval(resend);
    socket.close();
  }
}
