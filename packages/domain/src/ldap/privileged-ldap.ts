import { connect, type Socket } from 'node:net';
import { CausewayError } from '@causeway/model';
import type { Operation } from '../operation.ts';
import { managedDomainUnavailable } from '../errors.ts';
import { elementSize } from '@ad-protocols/asn1';
import { decodeResponse, MESSAGE_ID_MAX } from '@ad-protocols/ldap';
import { encodeOperation, encodeSearch, type LdapEntry, type LdapResult, type Search } from './messages.ts';

const LDAP_SUCCESS = 0;
/** busy, unavailable: the server says itself that it should be tried again. @see RFC 4511 section 4.1.9 */
const TRANSIENT_CODES = new Set([51, 52]);
const CONNECT_TIMEOUT_MS = 5_000;

interface Pending {
  readonly entries: LdapEntry[];
  resolve(result: LdapResult): void;
  reject(error: Error): void;
}

/**
 * Samba's privileged LDAP socket: whoever may open it is the system itself, without a bind, which would give that away.
 *
 * Connects by itself when it is first used and again after the connection was lost; nothing is sent twice. Requests are
 * answered in order, any number may wait. Every method rejects with ERR_DOMAIN_MANAGED_DC_UNAVAILABLE when the socket is
 * not there, does not answer or is closed.
 */
export class PrivilegedLdap {
  readonly path: string;
  readonly #answerTimeoutMs: number;
  readonly #pending = new Map<number, Pending>();
  #socket: Promise<Socket> | undefined;
  #received: Uint8Array = new Uint8Array();
  #lastId = 0;

  constructor(options: { path: string; answerTimeoutMs?: number }) {
    this.path = options.path;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 60_000;
  }

  /** The objects that a search finds. An object that is not there is found by no search: the result is empty. */
  async search(search: Search): Promise<LdapEntry[]> {
    const entries: LdapEntry[] = [];
    const result = await this.#request((id) => encodeSearch(id, search), entries);
    const noSuchObject = 32;
    if (result.code !== LDAP_SUCCESS && result.code !== noSuchObject) {
      throw this.#unavailable(`it answers a search with error ${result.code}: ${result.diagnostic}`);
    }
    return entries;
  }

  /** Makes one write and gives the server's answer, success or not. */
  async write(operation: Operation): Promise<LdapResult> {
    const result = await this.#request((id) => encodeOperation(id, operation), []);
    if (TRANSIENT_CODES.has(result.code)) {
      throw this.#unavailable(`it answers that it is busy: ${result.diagnostic}`);
    }
    return result;
  }

  /** Ends the connection at once; what is still waiting fails. */
  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.then(
      (open) => open.destroy(),
      () => undefined,
    );
  }

  async #request(encode: (id: number) => Uint8Array, entries: LdapEntry[]): Promise<LdapResult> {
    this.#socket ??= this.#connect();
    const socket = await this.#socket;
    this.#lastId = this.#lastId === MESSAGE_ID_MAX ? 1 : this.#lastId + 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<LdapResult>();
    this.#pending.set(id, { entries, resolve, reject });
    const timer = setTimeout(() => {
      socket.destroy(this.#unavailable(`it has not answered for ${this.#answerTimeoutMs} ms`));
    }, this.#answerTimeoutMs);
    const bytes = encode(id);
    socket.write(bytes, () => bytes.fill(0));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #unavailable(problem: string, cause?: unknown): CausewayError {
    return managedDomainUnavailable(this.path, problem, cause);
  }

  async #connect(): Promise<Socket> {
    const socket = connect(this.path);
    const { promise, resolve, reject } = Promise.withResolvers<Socket>();
    let failure: Error | undefined;
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(this.#unavailable('it does not accept a connection')));
    socket.once('connect', () => {
      socket.setTimeout(0);
      this.#received = new Uint8Array();
      resolve(socket);
    });
    socket.on('data', (chunk) => this.#receive(socket, chunk));
    socket.on('error', (error) => {
      failure = error;
    });
    socket.once('close', () => {
      this.#socket = undefined;
      const error = failure instanceof CausewayError ? failure : this.#unavailable(describeFailure(failure), failure);
      reject(error);
      for (const pending of this.#pending.values()) pending.reject(error);
      this.#pending.clear();
    });
    return promise;
  }

  #receive(socket: Socket, chunk: Uint8Array): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    try {
      for (let size = elementSize(this.#received); size !== undefined && size <= this.#received.length;) {
        this.#settle(this.#received.subarray(0, size));
        this.#received = this.#received.subarray(size);
        size = elementSize(this.#received);
      }
    } catch (error) {
      socket.destroy(error instanceof Error ? error : undefined);
    }
  }

  #settle(message: Uint8Array): void {
    const response = decodeResponse(message);
    const pending = this.#pending.get(response.id);
    if (pending === undefined) return;
    if (response.kind === 'entry') {
      pending.entries.push(response.entry);
    } else if (response.kind === 'search' || response.kind === 'write') {
      this.#pending.delete(response.id);
      pending.resolve(response.result);
    }
  }
}

function describeFailure(failure: Error | undefined): string {
  if (failure === undefined) return 'it was closed';
  const { code } = failure as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'ECONNREFUSED') return 'nobody listens on it';
  if (code === 'EACCES') return 'this process may not open it';
  return failure.message;
}
