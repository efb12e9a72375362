import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SyslogConfig } from './config.ts';

/** A way to a syslog receiver. */
export interface SyslogConnection {
  /** Ends when the operating system has taken the message; rejects when the way is broken. */
  send(message: string): Promise<void>;
  /** Ends in order, after the messages that were taken. */
  close(): void;
  /** Ends at once; a message that is being sent is lost. */
  abandon(): void;
}

/** The longest datagram, bytes: receivers commonly take 8 KiB; RFC 5426 asks for no more than 2 KiB of them. */
const DATAGRAM_LENGTH = 8192;
/** How long a connection may take to come up, and a message to be taken. */
const OPEN_MS = 10_000;
const SEND_MS = 30_000;

/**
 * Opens a way to the receiver: UDP with one message a datagram (RFC 5426), TCP with octet counting (RFC 6587, 3.4.1), or
 * the same over TLS 1.2 or later, the receiver's certificate verified (RFC 5425). `ca` is PEM text. The signal ends the
 * attempt.
 */
export async function openSyslogConnection(
  { host, port, transport }: SyslogConfig,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<SyslogConnection> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(OPEN_MS)]);
  if (transport === 'udp') return openDatagrams({ host, port }, limit);
  const servername = isIP(host) === 0 ? { servername: host } : {};
  const socket =
    transport === 'tcp'
      ? connectTcp({ host, port })
      : connectTls({ host, port, ...servername, ...(ca === undefined ? {} : { ca }), minVersion: 'TLSv1.2' });
  return openStream(socket, transport === 'tcp' ? 'connect' : 'secureConnect', limit);
}

async function openStream(socket: Socket, opened: string, signal: AbortSignal): Promise<SyslogConnection> {
  try {
    await once(socket, opened, { signal });
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
  // What breaks the connection is told by the next message, which is then refused.
  socket.on('error', () => undefined);
  socket.on('timeout', () => socket.destroy(new Error('the receiver takes nothing')));
  socket.resume();
  return {
    send: async (message) => {
      socket.setTimeout(SEND_MS);
      await promisedSend((done) => socket.write(countOctets(message), done));
      socket.setTimeout(0);
    },
    close: () => socket.destroySoon(),
    abandon: () => {
      socket.destroy();
    },
  };
}

async function openDatagrams(
  { host, port }: { host: string; port: number },
  signal: AbortSignal,
): Promise<SyslogConnection> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  let refused: Error | undefined;
  try {
    const connected = once(socket, 'connect', { signal });
    socket.connect(port, address);
    await connected;
  } catch (error) {
    socket.close();
    throw error;
  }
  // A receiver's host that refuses a datagram says so afterwards: the next message is not sent into the void.
  socket.on('error', (error) => {
    refused = error;
  });
  return {
    send: async (message) => {
      if (refused !== undefined) throw refused;
      await promisedSend((done) => socket.send(cutToDatagram(message), done));
    },
    close: () => socket.close(),
    abandon: () => socket.close(),
  };
}

async function promisedSend(send: (done: (error?: Error | null) => void) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  send((error) => {
    if (error === undefined || error === null) resolve();
    else reject(error);
  });
  return promise;
}

/** A frame of RFC 6587, 3.4.1: the length of the message in bytes, a space, the message. */
export function countOctets(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`;
}

/** The message in at most 8,192 bytes of UTF-8, cut between two characters. */
export function cutToDatagram(message: string): Uint8Array {
  const bytes = Buffer.from(message);
  if (bytes.length <= DATAGRAM_LENGTH) return bytes;
  let end = DATAGRAM_LENGTH;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
