import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';

const certificates = join(import.meta.dirname, '..', 'certificates');

/** The authority of the TLS receiver: a PEM file. */
export const authority = join(certificates, 'localhost.pem');

/** A syslog receiver on 127.0.0.1. */
export interface Receiver {
  readonly port: number;
  /** The next message, as soon as there is one. */
  next(): Promise<string>;
  /** Ends the connections there are, and the receiver. */
  stop(): Promise<void>;
}

/** What has come and whoever waits for it. */
function mailbox(): { put: (message: string) => void; next: () => Promise<string> } {
  const messages: string[] = [];
  const waiting: ((message: string) => void)[] = [];
  return {
    put: (message) => {
      const taker = waiting.shift();
      if (taker === undefined) messages.push(message);
      else taker(message);
    },
    next: async () => {
      const message = messages.shift();
      return message ?? new Promise((resolve) => waiting.push(resolve));
    },
  };
}

export async function receiveDatagrams(port = 0): Promise<Receiver> {
  const { put, next } = mailbox();
  const socket = createSocket('udp4', (message) => put(message.toString()));
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    next,
    stop: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** Takes the frames of RFC 6587 out of a stream. */
function readFrames(socket: Socket, put: (message: string) => void): void {
  let buffered = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const space = buffered.indexOf(' ');
      const length = Number(buffered.subarray(0, space).toString());
      if (space < 0 || buffered.length < space + 1 + length) return;
      put(buffered.subarray(space + 1, space + 1 + length).toString());
      buffered = buffered.subarray(space + 1 + length);
    }
  });
}

export async function receiveStream(transport: 'tcp' | 'tls', port = 0): Promise<Receiver> {
  const { put, next } = mailbox();
  const sockets = new Set<Socket>();
  const take = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    readFrames(socket, put);
  };
  const server: Server =
    transport === 'tcp'
      ? createServer(take)
      : createTlsServer(
          { cert: readFileSync(authority), key: readFileSync(join(certificates, 'localhost.key')) },
          take,
        );
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    next,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
