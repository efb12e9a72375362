import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { RpcConnectionError, RpcError, RpcProtocolError, RpcTimeoutError } from './errors.ts';
import { FRAGMENT_BYTES_OFFERED } from './pdu/bind.ts';
import { PduSplitter, type Pdu } from './pdu/pdu-splitter.ts';
import { connectionErrorOf } from './socket-error.ts';

/** Where to connect to, and for how long to try. */
export interface TransportOptions {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  /** Idle time after which the system probes whether the other side is still there. */
  readonly keepAliveMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** One question to the server. */
export interface Exchange<T> {
  /** What was due, as in "was silent for 10 ms when the answer to call 3 was due". */
  readonly waitedFor: string;
  /** Silence that is put up with; every byte that arrives starts it anew. */
  readonly timeoutMs: number;
  /** The PDUs to send; taken one by one as they are written. */
  readonly pdus: Iterable<Uint8Array>;
  /** Takes the PDUs that arrive until it gives a result. What it throws closes the connection. */
  readonly accept: (pdu: Pdu) => T | undefined;
  /** Gives this exchange up, and the connection with it unless {@link Exchange.orphan} saves it. */
  readonly signal?: AbortSignal | undefined;
  /** Tells the server that nobody waits any more, and takes care of what still arrives; undefined when that cannot be. */
  readonly orphan?: (() => Uint8Array) | undefined;
}

/** The exchange that is under way. */
interface Waiting {
  readonly peer: string;
  readonly waitedFor: string;
  readonly timeoutMs: number;
  readonly accept: (pdu: Pdu) => boolean;
  readonly reject: (error: Error) => void;
}

/**
 * A TCP connection that carries PDUs: one exchange at a time, and nothing unasked for.
 *
 * Any failure closes it for good, because nobody knows then where in the stream the two sides stand.
 */
export class RpcTransport {
  /** `host:port`, for messages. */
  readonly peer: string;
  readonly #socket: Socket;
  readonly #splitter = new PduSplitter(FRAGMENT_BYTES_OFFERED);
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#fail(abortedError(this.peer, this.#signal?.reason));
  #waiting: Waiting | undefined;
  #late: (pdu: Pdu) => boolean = () => false;
  #failure: RpcError | undefined;

  private constructor(socket: Socket, options: TransportOptions) {
    this.peer = `${options.host}:${options.port}`;
    this.#socket = socket;
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true });
    socket.setNoDelay(true).setKeepAlive(true, options.keepAliveMs);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (cause) => this.#fail(connectionErrorOf(cause, this.peer)));
    // An idle connection runs into it too, and that means nothing.
    socket.on('timeout', () => this.#waiting && this.#fail(new RpcTimeoutError(this.#waiting)));
    socket.on('close', () => this.#fail(closedError(this.peer, this.#waiting !== undefined)));
  }

  /**
   * Opens the connection.
   *
   * @throws {RpcConnectionError} refused, unreachable, name not found, aborted. {RpcTimeoutError} ERR_RPC_TIMEOUT.
   */
  static async connect(options: TransportOptions): Promise<RpcTransport> {
    const { host, port, timeoutMs, signal } = options;
    const peer = `${host}:${port}`;
    if (signal?.aborted) throw abortedError(peer, signal.reason);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const socket = connect({ host, port });
    const timer = setTimeout(
      () => reject(new RpcTimeoutError({ peer, waitedFor: 'a connection was asked for', timeoutMs })),
      timeoutMs,
    );
    const onAbort = (): void => reject(abortedError(peer, signal?.reason));
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => resolve(undefined));
    socket.once('error', (cause) => reject(connectionErrorOf(cause, peer)));
    try {
      await promise;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
    const transport = new RpcTransport(socket, options);
    // Raised after the connection was made and before anybody listened again.
    if (signal?.aborted) transport.#onAbort();
    return transport;
  }

  /**
   * Sends a message and gives what `accept` makes of the answer.
   *
   * @throws {RpcError} the reason why the connection is closed now, or was already.
   */
  exchange<T>(exchange: Exchange<T>): Promise<T> {
    const { peer } = this;
    const { timeoutMs, waitedFor } = exchange;
    if (this.#failure) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const accept = (pdu: Pdu): boolean => {
      const result = exchange.accept(pdu);
      if (result === undefined) return false;
      resolve(result);
      return true;
    };
    const waiting: Waiting = { peer, waitedFor, timeoutMs, accept, reject };
    this.#socket.setTimeout(timeoutMs);
    try {
      this.send(exchange.pdus);
    } catch (cause) {
      // Part of it may be under way, and nobody will ever send the rest.
      this.#fail(closedError(peer, false, cause));
      return Promise.reject(cause);
    }
    this.#waiting = waiting;
    const { signal } = exchange;
    if (!signal) return promise;
    const onAbort = (): void => this.#giveUp(waiting, exchange);
    signal.addEventListener('abort', onAbort, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Shows PDUs to `takes` before the exchange under way: answers to what was given up. It tells whether a PDU was one. */
  onLateAnswers(takes: (pdu: Pdu) => boolean): void {
    this.#late = takes;
  }

  /** Sends PDUs that have no answer. */
  send(pdus: Iterable<Uint8Array>): void {
    this.#socket.cork();
    try {
      for (const pdu of pdus) this.#socket.write(pdu);
    } finally {
      this.#socket.uncork();
    }
  }

  /** Closes the connection; an exchange that is under way fails, with `cause` as the reason if there is one. */
  async close(cause?: unknown): Promise<void> {
    this.#fail(closedError(this.peer, false, cause));
    if (!this.#socket.closed) await once(this.#socket, 'close');
  }

  #receive(chunk: Uint8Array): void {
    try {
      for (const pdu of this.#splitter.push(chunk)) {
        if (this.#late(pdu)) continue;
        if (!this.#waiting) throw new RpcProtocolError({ peer: this.peer, problem: 'it sent something unasked for' });
        if (this.#waiting.accept(pdu)) this.#waiting = undefined;
      }
    } catch (error) {
      this.#fail(protocolErrorOf(error, this.peer));
    }
  }

  #giveUp(waiting: Waiting, { signal, orphan }: Exchange<unknown>): void {
    if (this.#waiting !== waiting) return;
    const error = abortedError(this.peer, signal?.reason);
    if (!orphan) {
      this.#fail(error);
      return;
    }
    this.#waiting = undefined;
    this.send([orphan()]);
    waiting.reject(error);
  }

  #fail(error: RpcError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#socket.destroy();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
  }
}

function closedError(peer: string, inMidCall: boolean, cause?: unknown): RpcConnectionError {
  return new RpcConnectionError({
    code: 'ERR_RPC_CLOSED',
    message: inMidCall ? `${peer} closed the connection before it had answered` : `the connection to ${peer} is closed`,
    nextStep: 'Open a new connection and repeat; when it happens again, look into the log of the domain controller.',
    cause,
  });
}

/** Given up by the caller's own signal. */
export function abortedError(peer: string, reason: unknown): RpcConnectionError {
  return new RpcConnectionError({
    code: 'ERR_RPC_ABORTED',
    message: `what was under way with ${peer} was given up at the caller's request`,
    nextStep: 'Nothing is wrong with the server; start again when wanted.',
    cause: reason,
  });
}

/** Our own errors as they are; whatever else a reply made us stumble over as a break of the protocol. */
function protocolErrorOf(cause: unknown, peer: string): RpcError {
  if (cause instanceof RpcError) return cause;
  return new RpcProtocolError({ peer, problem: cause instanceof Error ? cause.message : 'reason unknown', cause });
}
