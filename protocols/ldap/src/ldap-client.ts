import type { Mechanism } from '@ad-protocols/gss';
import { ArrivingEntries } from './arriving-entries.ts';
import { bindSasl, bindSimple } from './bind.ts';
import { connectPlain, connectSecure, type LdapAddress, type TlsOptions } from './connect-stream.ts';
import {
  controlOids,
  controlValue,
  decodeDirSync,
  decodePagedResults,
  dirSyncControl,
  pagedResultsControl,
  type DirSyncFlags,
} from './controls.ts';
import type { LdapEntry } from './entry.ts';
import { MessageStream } from './message-stream.ts';
import { controlError, RequestChannel } from './request-channel.ts';
import type { Control, LdapSearch } from './requests.ts';
import type { SealedStreamLimits } from './sealed-stream.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const PAGE_SIZE = 500;
const DIR_SYNC_BYTES_MAX = 4 * 1024 * 1024;
const DIR_SYNC_PORTION = 500;

/** Signs in by SASL on a connection without TLS and signs and seals everything from then on: no certificate is needed. */
export interface SaslProtection extends SealedStreamLimits {
  readonly kind: 'sasl';
  readonly mechanism: Mechanism;
}

/** Signs in with name and password under TLS with a verified certificate. */
export interface TlsProtection extends TlsOptions {
  readonly kind: 'tls';
  /** `name@dns.domain` or `DOMAIN\name`. */
  readonly name: string;
  readonly password: string;
}

/** How a connection is made. */
export interface LdapOpenOptions {
  /** Full name of the domain controller, as its certificate and its service principal name have it. */
  readonly host: string;
  /** 389, and 636 for `ldaps`, unless named; 3268 and 3269 are the global catalog's. */
  readonly port?: number | undefined;
  /** There is no unprotected connection. */
  readonly protection: SaslProtection | TlsProtection;
  /** Gives the attempt up, and closes the connection when it is raised later. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for connecting, and again for signing in. Default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
}

/** What one search may take. */
export interface LdapRequestOptions {
  readonly controls?: readonly Control[] | undefined;
  /** Gives the request up (the server is told to abandon it); the connection goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** A DirSync search. @see [MS-ADTS] LDAP_SERVER_DIRSYNC_OID (3.1.1.3.4.1.3) */
export interface DirSyncOptions extends DirSyncFlags, LdapRequestOptions {
  /** Root of a naming context. */
  readonly base: string;
  readonly filter: LdapSearch['filter'];
  /** Only objects of which one of these has changed are given. */
  readonly attributes: readonly string[];
  /** From an earlier answer of the same server and with the same filter and attributes; undefined reads everything. */
  readonly cookie?: Uint8Array | undefined;
  /** Bytes of an answer at most. Default 4 MiB; the server takes at least 1 MiB. */
  readonly maxBytes?: number | undefined;
}

/** An answer to a DirSync search, or the next 500 entries of one that is still arriving: a server may send everything in one. */
export interface DirSyncPage {
  /** Only what changed of each object; of deleted ones `isdeleted`. `objectguid` is always there. */
  readonly entries: readonly LdapEntry[];
  /**
   * Keep it once these entries and all before them are safe: a later search with it goes on after them. Undefined while the answer is
   * still arriving, and nothing else can be asked over the connection.
   */
  readonly cookie: Uint8Array | undefined;
  /** Another page follows. */
  readonly more: boolean;
}

/**
 * A connected and bound stream of LDAP messages, protected, for whatever client takes a ready connection: ldapts takes it
 * in `createConnection`. The caller destroys it.
 *
 * When the connection is lost before anybody listens, the stream is destroyed and keeps the error in `errored`. The signal gives up
 * the attempt alone.
 *
 * @throws {LdapError} as {@link LdapClient.open}
 */
export async function openLdapStream(options: LdapOpenOptions): Promise<MessageStream> {
  const { host, protection, signal, connectTimeoutMs: timeoutMs = CONNECT_TIMEOUT_MS } = options;
  const port = options.port ?? (protection.kind === 'tls' && protection.tls === 'ldaps' ? 636 : 389);
  const server = `${host}:${port}`;
  const address: LdapAddress = { host, port, timeoutMs, signal };
  if (protection.kind === 'sasl') {
    const plain = await connectPlain(address);
    const { mechanism, ...limits } = protection;
    return new MessageStream(await bindSasl(plain, { mechanism, host, server, limits, timeoutMs, signal }), server);
  }
  const secure = await connectSecure(address, protection);
  await bindSimple(secure, { name: protection.name, password: protection.password, server, timeoutMs, signal });
  return new MessageStream(secure, server);
}

/**
 * A connection to one domain controller: protected, bound, for reading.
 *
 * It never reconnects: a lost connection fails what was under way and everything after. Any number of searches may be under
 * way at a time. Every search rejects with LdapResultError (ERR_LDAP_NO_SUCH_OBJECT, ERR_LDAP_ACCESS_DENIED, ERR_LDAP_BUSY,
 * ERR_LDAP_CONTROL, ERR_LDAP_RESULT), LdapError (ERR_LDAP_FILTER, ERR_LDAP_TIMEOUT, ERR_LDAP_CLOSED, ERR_LDAP_PROTOCOL,
 * ERR_LDAP_TOO_LARGE), SecurityError ERR_GSS_SIGNATURE, Node's error of the socket, or the reason of a raised signal.
 */
export class LdapClient implements Disposable {
  readonly #channel: RequestChannel;
  readonly #requestTimeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => {
    const reason: unknown = this.#signal?.reason;
    this.#channel.close(reason instanceof Error ? reason : undefined);
  };

  /** Takes over a bound stream of messages. `requestTimeoutMs` is how long the server may be silent in a search. */
  constructor(
    stream: MessageStream,
    options: { server: string; requestTimeoutMs?: number | undefined; signal?: AbortSignal | undefined },
  ) {
    this.#channel = new RequestChannel(stream, options.server);
    this.#requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
    this.#signal = options.signal;
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    if (this.#signal?.aborted === true) this.#abort();
  }

  /**
   * Connects, protects the connection and signs in. The caller closes the client.
   *
   * @throws {LdapBindError} ERR_LDAP_CREDENTIALS
   * @throws {LdapError} ERR_LDAP_CONNECTION (its cause is Node's error), ERR_LDAP_TIMEOUT, ERR_LDAP_CLOSED,
   *   ERR_LDAP_PROTECTION_REQUIRED, ERR_LDAP_MECHANISM, ERR_LDAP_PROTOCOL, ERR_LDAP_RESULT; the mechanism's own errors.
   */
  static async open(options: LdapOpenOptions & { requestTimeoutMs?: number | undefined }): Promise<LdapClient> {
    const { host, requestTimeoutMs, signal } = options;
    return new LdapClient(await openLdapStream(options), { server: host, requestTimeoutMs, signal });
  }

  /** All entries of a search in one answer, which the server bounds (1000 entries by default), with the answer's controls. */
  async search(
    search: LdapSearch,
    options: LdapRequestOptions = {},
  ): Promise<{ entries: LdapEntry[]; controls: readonly Control[] }> {
    const entries: LdapEntry[] = [];
    const controls = await this.#channel.search(search, {
      ...options,
      entry: (entry) => entries.push(entry),
      timeoutMs: this.#requestTimeoutMs,
    });
    return { entries, controls };
  }

  /** One object by its distinguished name, the rootDSE for the empty one; undefined when the account sees none there. */
  async read(
    dn: string,
    attributes: readonly string[],
    options: LdapRequestOptions = {},
  ): Promise<LdapEntry | undefined> {
    const search: LdapSearch = { base: dn, scope: 'base', filter: '(objectClass=*)', attributes };
    return (await this.search(search, options)).entries[0];
  }

  /** The entries of a search page by page (RFC 2696); the next page is asked for when the caller wants it. */
  async *pages(
    search: LdapSearch,
    { pageSize = PAGE_SIZE, controls = [], signal }: LdapRequestOptions & { pageSize?: number } = {},
  ): AsyncGenerator<LdapEntry[], void> {
    let cookie: Uint8Array | undefined;
    do {
      const answer = await this.search(search, {
        controls: [...controls, pagedResultsControl(pageSize, cookie)],
        signal,
      });
      cookie = this.#decode(() => decodePagedResults(controlValue(answer.controls, controlOids.pagedResults)));
      // A page may be empty and yet not be the last.
      if (answer.entries.length > 0) yield answer.entries;
    } while (cookie !== undefined);
  }

  /**
   * What has changed in a naming context since a cookie, page by page and at most 500 entries at a time; the last page has `more` false.
   *
   * Needs the right "Replicating Directory Changes" on the naming context, or `objectSecurity`.
   */
  async *dirSync(options: DirSyncOptions): AsyncGenerator<DirSyncPage, void> {
    const { base, filter, attributes, controls = [], maxBytes = DIR_SYNC_BYTES_MAX, signal, ...rest } = options;
    let { cookie, ...flags } = rest;
    for (let more = true; more;) {
      const arriving = new ArrivingEntries(this.#channel, DIR_SYNC_PORTION);
      const abandon = new AbortController();
      const end = this.#channel.search(
        { base, scope: 'sub', filter, attributes },
        {
          controls: [...controls, dirSyncControl({ flags, maxBytes, cookie })],
          entry: (entry) => arriving.add(entry),
          timeoutMs: this.#requestTimeoutMs,
          signal: signal === undefined ? abandon.signal : AbortSignal.any([signal, abandon.signal]),
        },
      );
      try {
        for await (const entries of arriving.portions(end)) yield { entries, cookie: undefined, more: true };
      } finally {
        // When the caller has enough: without effect once the answer is complete.
        abandon.abort();
        await end.catch(() => undefined);
      }
      const answer = await end;
      const page = this.#decode(() => decodeDirSync(controlValue(answer, controlOids.dirSync)));
      ({ cookie, more } = page);
      yield { entries: arriving.takeRest(), ...page };
    }
  }

  /** Ends the connection at once; what is under way fails with ERR_LDAP_CLOSED. */
  close(): void {
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#channel.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #decode<Value>(decode: () => Value): Value {
    try {
      return decode();
    } catch (error) {
      throw controlError(this.#channel.server, error);
    }
  }
}
