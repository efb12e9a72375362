import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';

/** How a request came. */
export type Protocol = 'udp' | 'tcp';

/** What a server does with a request: the answer's bytes, undefined for silence. */
export type Answer = (request: Uint8Array, protocol: Protocol) => Uint8Array | undefined;

/** A server for datagrams and streams on one port of the loopback interface. */
export class KdcServer implements AsyncDisposable {
  readonly requests: Protocol[] = [];
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly #answer: Answer;

  private constructor(udp: Socket, tcp: Server, answer: Answer) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.#answer = answer;
  }

  /** @param frame Puts the length before an answer over TCP; a test may give a wrong one. */
  static async start(answer: Answer, frame: (answer: Uint8Array) => Uint8Array = framed): Promise<KdcServer> {
    const tcp = createServer();
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const udp = createSocket('udp4');
    udp.bind((tcp.address() as AddressInfo).port, '127.0.0.1');
    await once(udp, 'listening');
    const server = new KdcServer(udp, tcp, answer);
    udp.on('message', (request, { port, address }) => {
      const bytes = server.#take(request, 'udp');
      if (bytes) udp.send(bytes, port, address);
    });
    tcp.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (request) => {
        const bytes = server.#take(request.subarray(4), 'tcp');
        if (bytes) socket.end(frame(bytes));
      });
    });
    return server;
  }

  #take(request: Uint8Array, protocol: Protocol): Uint8Array | undefined {
    this.requests.push(protocol);
    return this.#answer(new Uint8Array(request), protocol);
  }

  /** As the configuration names it. */
  get address(): string {
    return `127.0.0.1:${(this.#tcp.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#udp.close();
    this.#tcp.close();
    await once(this.#tcp, 'close');
  }
}

function framed(answer: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(answer.length);
  return Buffer.concat([head, answer]);
}
