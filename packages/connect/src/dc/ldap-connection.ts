import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Mechanism } from '@ad-protocols/gss';
import {
  ChangeNotifications,
  LdapClient,
  type DirSyncOptions,
  type DirSyncPage,
  type LdapEntry,
  type LdapOpenOptions,
  type LdapRequestOptions,
  type LdapSearch,
} from '@ad-protocols/ldap';
import type { ConnectorConfig } from '../config.ts';
import { caFileError, dcFailure } from './dc-errors.ts';

/** How long a DC may think about an answer: Samba says nothing until it has gone through all of its objects. */
const SILENCE_MS = 300_000;

/** What the service account signs in with: its password under TLS, a mechanism without. */
export interface LdapSignIn {
  readonly password: string;
  readonly mechanism: Mechanism;
}

/**
 * An LDAP connection to one DC, bound as the service account: under TLS with a verified certificate, or signed and sealed
 * under SASL.
 *
 * It never reconnects by itself: a lost connection fails the operation that needed it, and the caller opens another.
 * Every method rejects with a CausewayError ERR_CONNECT_DC_*, ERR_CONNECT_ACCOUNT_REFUSED or ERR_CONNECT_ACCESS_DENIED.
 */
export class LdapConnection {
  readonly #client: LdapClient;
  readonly #account: string;
  readonly host: string;

  private constructor(client: LdapClient, { host, account }: { host: string; account: string }) {
    this.#client = client;
    this.#account = account;
    this.host = host;
  }

  /** Connects, verifies the DC as the configuration says, and binds. Raising the signal closes the connection, also later. */
  static async open(
    { connector, host }: { connector: ConnectorConfig; host: string },
    signIn: LdapSignIn,
    signal: AbortSignal,
  ): Promise<LdapConnection> {
    const { ldap, account } = connector;
    const protection = await protectionOf(connector, signIn);
    try {
      const client = await LdapClient.open({ host, port: ldap.port, protection, signal, requestTimeoutMs: SILENCE_MS });
      return new LdapConnection(client, { host, account: account.name });
    } catch (error) {
      signal.throwIfAborted();
      throw dcFailure(error, { host, port: ldapPort(ldap), account: account.name, passwordFile: account.passwordFile });
    }
  }

  /** Asks a DC to tell of every change at or below a name, over a connection of its own that the caller closes. */
  static async watch(
    { connector, host, base }: { connector: ConnectorConfig; host: string; base: string },
    signIn: LdapSignIn,
    signal: AbortSignal,
  ): Promise<ChangeNotifications> {
    const protection = await protectionOf(connector, signIn);
    try {
      const options = { host, port: connector.ldap.port, protection, signal };
      return await ChangeNotifications.open(options, { base, scope: 'sub', attributes: ['objectGUID'] });
    } catch (error) {
      signal.throwIfAborted();
      throw dcFailure(error, { host, port: ldapPort(connector.ldap) });
    }
  }

  /** The single entry of a base search; undefined when there is none. */
  async read(
    base: string,
    attributes: readonly string[],
    options: LdapRequestOptions = {},
  ): Promise<LdapEntry | undefined> {
    try {
      return await this.#client.read(base, attributes, options);
    } catch (error) {
      throw dcFailure(error, { host: this.host, account: this.#account });
    }
  }

  /** The entries of a search, a page of at most 500 at a time; the next page is asked for when the caller wants it. */
  async *pages(search: LdapSearch, options: LdapRequestOptions = {}): AsyncGenerator<LdapEntry[]> {
    try {
      yield* this.#client.pages(search, options);
    } catch (error) {
      throw dcFailure(error, { host: this.host, account: this.#account });
    }
  }

  /** What has changed since a cookie, page by page. @see LdapClient.dirSync */
  async *dirSync(options: DirSyncOptions): AsyncGenerator<DirSyncPage, void> {
    try {
      yield* this.#client.dirSync(options);
    } catch (error) {
      throw dcFailure(error, { host: this.host, account: this.#account });
    }
  }

  /** Ends the connection at once; what is still being asked fails. */
  close(): void {
    this.#client.close();
  }
}

/** The port of LDAP that is configured, or the one of its protection. */
export function ldapPort({ tls, port }: ConnectorConfig['ldap']): number {
  return port ?? (tls === 'ldaps' ? 636 : 389);
}

async function protectionOf(connector: ConnectorConfig, signIn: LdapSignIn): Promise<LdapOpenOptions['protection']> {
  const { tls, ca } = connector.ldap;
  if (tls === 'sasl') return { kind: 'sasl', mechanism: signIn.mechanism };
  return {
    kind: 'tls',
    tls,
    ca: ca === undefined ? undefined : await readCa(ca),
    name: bindName(connector),
    password: signIn.password,
  };
}

/** The service account in the form that an AD simple bind takes: `name@dns.domain` or `DOMAIN\name`. */
function bindName({ name: forest, account }: ConnectorConfig): string {
  const domain = account.domain ?? forest;
  return domain.includes('.') ? `${account.name}@${domain}` : `${domain}\\${account.name}`;
}

/** The certificates of an authority's PEM file. */
export async function readCa(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8');
    // An unusable file would otherwise count as no authority at all, and every server as untrusted.
    void new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw caFileError(file, error);
  }
}
