import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { acceptAuthenticate, challengeMessage, Sealing } from '@ad-protocols/testing';

/** The password that the server knows. */
export const PASSWORD = 'Correct-Horse-1';

/** One call as it arrived, whole and opened. */
export interface Call {
  readonly callId: number;
  readonly opnum: number;
  readonly stub: Buffer;
  /** How many request fragments it came in, and how long each was. */
  readonly fragmentLengths: readonly number[];
  readonly session: Session;
}

/** What the server does with a call: the bytes to send, or what happens to the connection instead. */
export type Answer = readonly Uint8Array[] | 'close' | 'silence';

/** How a server differs from the ordinary. */
export interface ServerOptions {
  readonly onCall: (call: Call) => Answer;
  /** Bytes in place of the bind_ack. */
  readonly onBind?: (bind: Buffer) => Answer;
  /** How bytes are put on the wire; as they are unless given. */
  readonly write?: (socket: Socket, bytes: Uint8Array) => void | Promise<void>;
  /** max_recv_frag of the server; 5840 unless given. */
  readonly fragmentBytesMax?: number;
  readonly host?: string;
  readonly port?: number;
}

/** A PDU with the common header in front of `body`. */
export function pduOf(type: number, flags: number, callId: number, body: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.from('05000000100000000000000000000000', 'hex'), body]);
  bytes[2] = type;
  bytes[3] = flags;
  bytes.writeUInt16LE(bytes.length, 8);
  bytes.writeUInt32LE(callId, 12);
  return bytes;
}

/** The same PDU, said to end in a token of this length. */
export function withToken(pdu: Buffer, tokenLength: number): Buffer {
  pdu.writeUInt16LE(tokenLength, 10);
  return pdu;
}

/** How a response fragment differs from the ordinary. */
interface FragmentOptions {
  readonly flags?: number;
  readonly hint?: number;
  readonly contextId?: number;
  readonly trailer?: { type?: number; level?: number; pad?: number; authContext?: number };
}

/** One connection, server side: what it needs to seal answers. */
export class Session {
  incoming: Sealing | undefined;
  outgoing: Sealing | undefined;
  sessionKey: Buffer | undefined;
  refused = false;

  /** Response fragments with parts of the stub of at most `partBytes` each. */
  respond(callId: number, stub: Uint8Array, partBytes = 5000, hints = true): Buffer[] {
    const fragments: Buffer[] = [];
    let offset = 0;
    do {
      const part = stub.subarray(offset, offset + partBytes);
      const flags = (offset === 0 ? 1 : 0) | (offset + part.length >= stub.length ? 2 : 0);
      fragments.push(this.fragment(callId, part, { flags, hint: hints ? stub.length - offset : 0 }));
      offset += part.length;
    } while (offset < stub.length);
    return fragments;
  }

  /** One response fragment, sealed when the client has signed in. */
  fragment(
    callId: number,
    stub: Uint8Array,
    { flags = 3, hint = 0, contextId = 0, trailer = {} }: FragmentOptions = {},
  ): Buffer {
    const fixed = Buffer.alloc(8);
    fixed.writeUInt32LE(hint, 0);
    fixed.writeUInt16LE(contextId, 4);
    if (!this.outgoing) return pduOf(2, flags, callId, Buffer.concat([fixed, stub]));
    const padLength = -stub.length & 15;
    const { type = 10, level = 6, pad = padLength, authContext = 1 } = trailer;
    const end = Buffer.from([type, level, pad, 0, authContext, 0, 0, 0]);
    const padded = Buffer.concat([fixed, stub, Buffer.alloc(padLength), end, Buffer.alloc(16)]);
    const plain = withToken(pduOf(2, flags, callId, padded), 16);
    const bodyEnd = plain.length - 24;
    const sealed = this.outgoing.stream(plain.subarray(24, bodyEnd));
    const signature = this.outgoing.sign(plain.subarray(0, -16));
    return Buffer.concat([plain.subarray(0, 24), sealed, plain.subarray(bodyEnd, -16), signature]);
  }

  /** A fault, which servers do not sign. */
  fault(callId: number, status: number, signed = false): Buffer {
    const body = Buffer.alloc(16);
    body.writeUInt32LE(status, 8);
    if (!signed) return pduOf(3, 0x23, callId, body);
    const trailer = Buffer.from([10, 6, 0, 0, 1, 0, 0, 0]);
    return withToken(pduOf(3, 0x23, callId, Buffer.concat([body, trailer, Buffer.alloc(16)])), 16);
  }
}

/** A bind_ack that accepts the one context, with a challenge when the bind asked for one. */
export function bindAck(bind: Buffer, { fragmentBytesMax = 5840, result = 0, reason = 0 } = {}): Buffer {
  const fixed = Buffer.alloc(8);
  fixed.writeUInt16LE(5840, 0);
  fixed.writeUInt16LE(fragmentBytesMax, 2);
  fixed.writeUInt32LE(0x1234, 4);
  const address = Buffer.from('060034393135330000000000', 'hex').subarray(0, 8);
  const results = Buffer.concat([Buffer.from([1, 0, 0, 0, result, 0, reason, 0]), bind.subarray(52, 72)]);
  const body = Buffer.concat([fixed, address, results]);
  if (bind.readUInt16LE(10) === 0) return pduOf(12, 3, bind.readUInt32LE(12), body);
  const trailer = Buffer.from([10, 6, 0, 0, 1, 0, 0, 0]);
  const challenge = challengeMessage();
  return withToken(pduOf(12, 7, bind.readUInt32LE(12), Buffer.concat([body, trailer, challenge])), challenge.length);
}

/** A server that really signs in and seals, and lets a test decide what it answers. */
export class RpcServer {
  readonly #server: Server;
  readonly #options: ServerOptions;
  readonly #sockets = new Set<Socket>();
  port = 0;
  connections = 0;

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(options: ServerOptions): Promise<RpcServer> {
    const server = new RpcServer(options);
    server.#server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
    await once(server.#server, 'listening');
    const address = server.#server.address();
    server.port = typeof address === 'object' && address ? address.port : 0;
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    const session = new Session();
    const parts: { stubs: Buffer[]; lengths: number[] } = { stubs: [], lengths: [] };
    let pending = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 16 && pending.length >= pending.readUInt16LE(8)) {
        const length = pending.readUInt16LE(8);
        const pdu = pending.subarray(0, length);
        pending = pending.subarray(length);
        void this.#send(socket, this.#answer(pdu, session, parts));
      }
    });
  }

  async #send(socket: Socket, answer: Answer): Promise<void> {
    if (answer === 'silence') return;
    if (answer === 'close') {
      socket.destroy();
      return;
    }
    for (const bytes of answer) {
      if (this.#options.write) await this.#options.write(socket, bytes);
      else socket.write(bytes);
    }
  }

  #answer(pdu: Buffer, session: Session, parts: { stubs: Buffer[]; lengths: number[] }): Answer {
    const type = pdu[2];
    if (type === 11) {
      const { fragmentBytesMax = 5840 } = this.#options;
      return this.#options.onBind?.(pdu) ?? [bindAck(pdu, { fragmentBytesMax })];
    }
    if (type === 16) {
      const sessionKey = acceptAuthenticate(pdu.subarray(28), PASSWORD);
      session.sessionKey = sessionKey;
      session.refused = !sessionKey;
      if (!sessionKey) return 'silence';
      session.incoming = new Sealing(sessionKey, 'client-to-server');
      session.outgoing = new Sealing(sessionKey, 'server-to-client');
      return 'silence';
    }
    const callId = pdu.readUInt32LE(12);
    if (session.refused) return [session.fault(callId, 5)];
    const opened = openRequest(pdu, session);
    if (!opened) return [session.fault(callId, 0x721)];
    parts.stubs.push(opened);
    parts.lengths.push(pdu.length);
    if (((pdu[3] ?? 0) & 2) === 0) return 'silence';
    const stub = Buffer.concat(parts.stubs.splice(0));
    const fragmentLengths = parts.lengths.splice(0);
    return this.#options.onCall({ callId, opnum: pdu.readUInt16LE(22), stub, fragmentLengths, session });
  }
}

/** The stub of a request fragment; undefined when its signature is wrong. */
function openRequest(pdu: Buffer, session: Session): Buffer | undefined {
  if (!session.incoming) return Buffer.from(pdu.subarray(24));
  const bodyEnd = pdu.length - 24;
  const body = session.incoming.stream(pdu.subarray(24, bodyEnd));
  const plain = Buffer.concat([pdu.subarray(0, 24), body, pdu.subarray(bodyEnd, -16)]);
  if (!session.incoming.sign(plain).equals(pdu.subarray(-16))) return undefined;
  return body.subarray(0, body.length - (pdu[bodyEnd + 2] ?? 0));
}
