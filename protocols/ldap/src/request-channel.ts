import type { Duplex } from 'node:stream';
import { isWireError } from '@ad-protocols/wire';
import type { LdapEntry } from './entry.ts';
import { closedError, closedHereError, protocolError, timeoutError, type LdapError } from './errors.ts';
import { encodeAbandon, encodeSearchRequest, MESSAGE_ID_MAX, type Control, type LdapSearch } from './requests.ts';
import { decodeResponse, type LdapResponse } from './responses.ts';
import { resultCodes, resultError } from './result-errors.ts';
import { SilenceWatch } from './silence-watch.ts';

/** @see RFC 4511 §4.4.1 Notice of Disconnection */
const UNSOLICITED_ID = 0;

/** A search under way. */
export interface SearchOptions {
  readonly controls?: readonly Control[] | undefined;
  /** Is given each entry as it arrives. */
  readonly entry: (entry: LdapEntry) => void;
  /** Milliseconds without any message at all after which the connection is given up; 0 for ever. */
  readonly timeoutMs: number;
  /** Gives the search up; the connection goes on. */
  readonly signal?: AbortSignal | undefined;
}

interface Pending {
  entry(entry: LdapEntry): void;
  done(controls: readonly Control[]): void;
  fail(error: Error): void;
}

/** The searches on one bound connection, any number at a time, told apart by message id. */
export class RequestChannel {
  readonly server: string;
  readonly #stream: Duplex;
  readonly #pending = new Map<number, Pending>();
  readonly #silence: SilenceWatch;
  /** Signing in took the first few. */
  #lastId = 100;
  #failure: Error | undefined;

  /** Takes over a stream whose chunks are whole messages. */
  constructor(messages: Duplex, server: string) {
    this.server = server;
    this.#stream = messages;
    this.#silence = new SilenceWatch(() => !messages.isPaused());
    messages.on('data', (message: Uint8Array) => this.#receive(message));
    messages.on('error', (error) => this.#end(error));
    messages.once('end', () => this.#end(closedError(server)));
    messages.once('close', () => this.#end(closedError(server)));
  }

  /** The controls that come with the search's end. Rejects as {@link LdapClient.search} says. */
  async search(search: LdapSearch, options: SearchOptions): Promise<readonly Control[]> {
    options.signal?.throwIfAborted();
    if (this.#failure) throw this.#failure;
    const id = this.#nextId();
    const request = encodeSearchRequest(id, search, options.controls ?? []);
    const { promise, resolve, reject } = Promise.withResolvers<readonly Control[]>();
    const giveUp = (): void => {
      const { reason } = options.signal ?? {};
      reject(reason instanceof Error ? reason : new TypeError(String(reason)));
      this.#stream.write(encodeAbandon(this.#nextId(), id));
    };
    const stopWatching = this.#silence.start(options.timeoutMs, () => this.#timeOut(options));
    options.signal?.addEventListener('abort', giveUp, { once: true });
    this.#pending.set(id, { entry: options.entry, done: resolve, fail: reject });
    this.#stream.write(request);
    try {
      return await promise;
    } finally {
      stopWatching();
      options.signal?.removeEventListener('abort', giveUp);
      this.#pending.delete(id);
    }
  }

  /** Stops reading, so that the server waits with what it has. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#silence.heard();
    this.#stream.resume();
  }

  /** Ends the connection at once; what is under way fails with `error`. */
  close(error: Error = closedHereError(this.server)): void {
    this.#end(error);
  }

  #timeOut({ timeoutMs }: SearchOptions): void {
    this.#end(timeoutError(this.server, 'asked for entries', timeoutMs));
  }

  #nextId(): number {
    this.#lastId = this.#lastId >= MESSAGE_ID_MAX ? 1 : this.#lastId + 1;
    return this.#lastId;
  }

  #end(error: Error): void {
    this.#failure ??= error;
    this.#stream.destroy();
    for (const pending of this.#pending.values()) pending.fail(this.#failure);
    this.#pending.clear();
  }

  #receive(message: Uint8Array): void {
    this.#silence.heard();
    let response: LdapResponse;
    try {
      response = decodeResponse(message);
    } catch (error) {
      if (!isWireError(error)) throw error;
      this.#end(protocolError(this.server, `sent what is no LDAP message: ${error.message}`, error));
      return;
    }
    if (response.id === UNSOLICITED_ID && response.kind === 'extended') {
      this.#end(resultError(this.server, response.result));
      return;
    }
    // What is not pending any more was given up before its answer came.
    const pending = this.#pending.get(response.id);
    if (pending !== undefined) this.#dispatch(pending, response);
  }

  #dispatch(pending: Pending, response: LdapResponse): void {
    if (response.kind === 'entry') {
      pending.entry(response.entry);
    } else if (response.kind === 'search') {
      if (response.result.code === resultCodes.success) pending.done(response.controls);
      else pending.fail(resultError(this.server, response.result));
    } else if (response.kind !== 'reference') {
      this.#end(protocolError(this.server, `answers a search with something else (${response.kind})`));
    }
  }
}

/** The error of a control's value that is not there or no such value. */
export function controlError(server: string, error: unknown): LdapError {
  const reason = error instanceof Error ? error.message : String(error);
  return protocolError(server, `answers with a control that is not usable: ${reason}`, error);
}
