import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { NtlmAcceptor, type PeerAcceptor } from './rpc-acceptor.ts';
import { bindAck, type BindAckOptions } from './rpc-bind-ack.ts';
import { RpcSession } from './rpc-session.ts';

/** One call as it arrived, whole and opened. */
export interface RpcCall {
  readonly callId: number;
  readonly contextId: number;
  readonly opnum: number;
  /** The stub, and behind it the verification trailer if there is one. */
  readonly body: Buffer;
  /** Without the verification trailer. */
  readonly stub: Buffer;
  /** How many request fragments it came in, and how long each was. */
  readonly fragmentLengths: readonly number[];
  readonly session: RpcSession;
}

/** What the server does with a call: the bytes to send, or what happens to the connection instead. */
export type RpcAnswer = readonly Uint8Array[] | 'close' | 'silence';

/** How a server differs from the ordinary. */
export interface RpcServerOptions extends Pick<
  BindAckOptions,
  'fragmentBytesMax' | 'headerSigning' | 'features' | 'transferSyntax'
> {
  readonly onCall: (call: RpcCall) => RpcAnswer;
  /** Bytes in place of the bind_ack. */
  readonly onBind?: (bind: Buffer) => RpcAnswer;
  /** Bytes in place of the alter_context_resp. */
  readonly onAlterContext?: (alterContext: Buffer) => RpcAnswer;
  /** What an orphaned PDU gives rise to; nothing unless given. */
  readonly onOrphaned?: (callId: number, session: RpcSession) => RpcAnswer;
  /** Sees every PDU of the client first. */
  readonly onPdu?: (pdu: Buffer) => void;
  /** How bytes are put on the wire; as they are unless given. */
  readonly write?: (socket: Socket, bytes: Uint8Array) => void | Promise<void>;
  /** Who checks sign-ins of an authentication type; NTLM for all unless given. */
  readonly acceptorOf?: (authType: number) => PeerAcceptor;
  readonly host?: string;
  readonly port?: number;
}

/** Parts of a request that is still arriving. */
interface Parts {
  readonly stubs: Buffer[];
  readonly lengths: number[];
}

const VERIFICATION_TRAILER = Buffer.from('8ae3137102f43671', 'hex');
const ERROR_ACCESS_DENIED = 5;
const RPC_S_SEC_PKG_ERROR = 0x721;

/** A server that really signs in and seals, and lets a test decide what it answers. */
export class RpcServer {
  readonly #server: Server;
  readonly #options: RpcServerOptions;
  readonly #sockets = new Set<Socket>();
  port = 0;
  connections = 0;

  private constructor(options: RpcServerOptions) {
    this.#options = options;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(options: RpcServerOptions): Promise<RpcServer> {
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
    const session = new RpcSession();
    const parts: Parts = { stubs: [], lengths: [] };
    let pending = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 16 && pending.length >= pending.readUInt16LE(8)) {
        const length = pending.readUInt16LE(8);
        const pdu = pending.subarray(0, length);
        pending = pending.subarray(length);
        this.#options.onPdu?.(pdu);
        void this.#send(socket, this.#answer(pdu, session, parts));
      }
    });
  }

  async #send(socket: Socket, answer: RpcAnswer): Promise<void> {
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

  #answer(pdu: Buffer, session: RpcSession, parts: Parts): RpcAnswer {
    const callId = pdu.readUInt32LE(12);
    switch (pdu.readUInt8(2)) {
      case 11:
        return this.#answerBind(pdu, session, this.#options.onBind);
      case 14:
        return this.#answerBind(pdu, session, this.#options.onAlterContext);
      case 16:
        session.authenticate(pdu, this.#acceptorOf);
        return 'silence';
      case 19:
        return this.#options.onOrphaned?.(callId, session) ?? 'silence';
      default:
        return this.#answerRequest(pdu, session, parts);
    }
  }

  readonly #acceptorOf = (authType: number): PeerAcceptor => this.#options.acceptorOf?.(authType) ?? new NtlmAcceptor();

  #answerBind(pdu: Buffer, session: RpcSession, instead: ((pdu: Buffer) => RpcAnswer) | undefined): RpcAnswer {
    const { headerSigning = true } = this.#options;
    session.headerSigning = headerSigning;
    const auth = session.authenticate(pdu, this.#acceptorOf);
    const answer = instead?.(pdu);
    if (answer) return answer;
    if (auth === 'refused') return [session.fault(pdu.readUInt32LE(12), ERROR_ACCESS_DENIED)];
    return [bindAck(pdu, { ...this.#options, ...(auth ? { auth } : {}) })];
  }

  #answerRequest(pdu: Buffer, session: RpcSession, parts: Parts): RpcAnswer {
    const callId = pdu.readUInt32LE(12);
    if (session.refused) return [session.fault(callId, ERROR_ACCESS_DENIED)];
    const opened = session.openRequest(pdu);
    if (!opened) return [session.fault(callId, RPC_S_SEC_PKG_ERROR)];
    parts.stubs.push(opened);
    parts.lengths.push(pdu.length);
    if (((pdu[3] ?? 0) & 2) === 0) return 'silence';
    const body = Buffer.concat(parts.stubs.splice(0));
    const fragmentLengths = parts.lengths.splice(0);
    const trailerStart = body.lastIndexOf(VERIFICATION_TRAILER);
    const stub = trailerStart < 0 ? body : body.subarray(0, trailerStart);
    const [contextId, opnum] = [pdu.readUInt16LE(20), pdu.readUInt16LE(22)];
    return this.#options.onCall({ callId, contextId, opnum, body, stub, fragmentLengths, session });
  }
}
