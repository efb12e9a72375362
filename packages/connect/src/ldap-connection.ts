import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TLSSocket } from 'node:tls';
import { Client, ResultCodeError, type Entry, type Filter } from 'ldapts';
import type { ConnectConfig } from './config.ts';
import { caFileError, dcFailure } from './dc-errors.ts';
import { connectTlsSocket } from './tls-socket.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const OPERATION_TIMEOUT_MS = 60_000;
const PAGE_SIZE = 500;

/** Attributes read as bytes; every other value is text. */
const binaryAttributes = ['objectGUID', 'objectSid', 'invocationId'];

/** One entry of a search: every attribute with its values, in the letter case that the server uses. */
export type LdapEntry = Entry;

export interface LdapSearch {
  readonly base: string;
  readonly scope: 'base' | 'one' | 'sub';
  readonly filter: Filter | string;
  readonly attributes: readonly string[];
}

/**
 * An LDAP connection to one DC, protected by TLS with a verified certificate and bound as the service account.
 *
 * It never reconnects by itself: a lost connection fails the operation that needed it, and the caller opens another.
 * Every method rejects with a CausewayError ERR_CONNECT_DC_*, or ERR_CONNECT_ACCOUNT_REFUSED.
 */
export class LdapConnection {
  readonly #client: Client;
  readonly #socket: TLSSocket;
  readonly host: string;

  readonly #signal: AbortSignal;
  readonly #abort = (): void => {
    this.close();
  };

  private constructor(parts: { client: Client; socket: TLSSocket; host: string; signal: AbortSignal }) {
    this.#client = parts.client;
    this.#socket = parts.socket;
    this.host = parts.host;
    this.#signal = parts.signal;
    this.#signal.addEventListener('abort', this.#abort, { once: true });
  }

  /** Connects, verifies the certificate and binds. Raising the signal closes the connection, also later. */
  static async open(
    connector: ConnectConfig['connector'],
    password: string,
    signal: AbortSignal,
  ): Promise<LdapConnection> {
    const { domainController: host, ldap, account } = connector;
    const ca = ldap.ca === undefined ? undefined : await readCa(ldap.ca);
    const port = ldap.port ?? (ldap.tls === 'ldaps' ? 636 : 389);
    let connection: LdapConnection | undefined;
    try {
      const socket = await connectTlsSocket({ host, port, tls: ldap.tls, ca, timeoutMs: CONNECT_TIMEOUT_MS }, signal);
      const client = new Client({
        url: 'ldap://connected.invalid',
        timeout: OPERATION_TIMEOUT_MS,
        createConnection: () => socket,
      });
      connection = new LdapConnection({ client, socket, host, signal });
      await client.bind(bindName(connector), password);
      return connection;
    } catch (error) {
      const lost = connection === undefined ? undefined : connection.#lost(error);
      connection?.close();
      signal.throwIfAborted();
      throw dcFailure(lost ?? error, { host, port, account: account.name, passwordFile: account.passwordFile });
    }
  }

  /** The single entry of a base search; undefined when there is none. */
  async read(base: string, attributes: readonly string[]): Promise<LdapEntry | undefined> {
    for await (const page of this.pages({ base, scope: 'base', filter: '(objectClass=*)', attributes })) {
      return page[0];
    }
    return undefined;
  }

  /** The entries of a search, a page of at most 500 at a time; the next page is asked for when the caller wants it. */
  async *pages(search: LdapSearch): AsyncGenerator<LdapEntry[]> {
    try {
      if (!this.#client.isBound) throw Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });
      const options = {
        scope: search.scope,
        filter: search.filter,
        attributes: [...search.attributes],
        explicitBufferAttributes: binaryAttributes,
      };
      if (search.scope === 'base') {
        yield (await this.#client.search(search.base, options)).searchEntries;
        return;
      }
      for await (const page of this.#client.searchPaginated(search.base, {
        ...options,
        paged: { pageSize: PAGE_SIZE },
      })) {
        yield page.searchEntries;
      }
    } catch (error) {
      throw dcFailure(this.#lost(error) ?? error, { host: this.host });
    }
  }

  /** ldapts tells a lost connection in words only; this gives it the code that Node has for it. */
  #lost(error: unknown): Error | undefined {
    if (!this.#socket.destroyed || error instanceof ResultCodeError || !(error instanceof Error)) return undefined;
    if (this.#socket.errored) return this.#socket.errored;
    const code = error.message.endsWith('timed out') ? 'ETIMEDOUT' : 'ECONNRESET';
    return Object.assign(new Error(error.message, { cause: error }), { code });
  }

  /** Ends the connection at once; what is still being asked fails. */
  close(): void {
    this.#signal.removeEventListener('abort', this.#abort);
    this.#socket.destroy();
  }
}

/** The service account in the form that an AD simple bind takes: `name@dns.domain` or `DOMAIN\name`. */
function bindName({ name: forest, account }: ConnectConfig['connector']): string {
  const domain = account.domain ?? forest;
  return domain.includes('.') ? `${account.name}@${domain}` : `${domain}\\${account.name}`;
}

/** The certificates of an authority's PEM file. */
async function readCa(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8');
    // An unusable file would otherwise count as no authority at all, and every server as untrusted.
    void new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw caFileError(file, error);
  }
}
