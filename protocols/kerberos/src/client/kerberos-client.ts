import { randomInt } from 'node:crypto';
import { KerberosError } from '../errors.ts';
import {
  formatPrincipal,
  nameTypes,
  samePrincipalInAnyCase,
  ticketGrantingService,
  type PrincipalName,
} from '../messages/principal-name.ts';
import { dnsKdcs } from '../transport/kdc-locator.ts';
import { KdcTransport, type KdcTransportOptions } from '../transport/kdc-transport.ts';
import { asExchange } from './as-exchange.ts';
import { RefusedError } from './refused-error.ts';
import { parseClientName, type ClientName } from './client-name.ts';
import type { ClientCredential } from './credential.ts';
import type { ExchangeEnvironment } from './exchange.ts';
import type { ServiceTicket, TicketSource } from './service-ticket.ts';
import { tgsExchange } from './tgs-exchange.ts';
import { MemoryTicketCache, type TicketCache } from './ticket-cache.ts';

/** Who signs in where, and how. */
export interface KerberosClientOptions extends Partial<KdcTransportOptions> {
  /** `alice`, `service/host`, or a UPN. @see {@link parseClientName} */
  readonly user: string;
  readonly realm: string;
  /** Left out: only with tickets that the cache has already, those of `kinit` for instance. */
  readonly credential?: ClientCredential | undefined;
  /** Encryption types, the best first; by default AES with SHA-1 before AES with SHA-2, see {@link defaultEnctypes}. */
  readonly enctypes?: readonly number[] | undefined;
  /** Takes rc4-hmac too, after all others. Off by default: its keys are those of NTLM, without salt. */
  readonly allowRc4?: boolean | undefined;
  /**
   * The realm of a service's host, where it is known; undefined leaves it to the KDC of the account's realm, which refers the client on.
   * Not every KDC does for a child domain: Samba 4.17 does not.
   */
  readonly realmOfHost?: ((host: string) => string | undefined) | undefined;
  /** In memory by default. */
  readonly cache?: TicketCache | undefined;
  /** This host's clock: milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/**
 * What is offered to a KDC, the best first: 18, 17, 20, 19. Every domain controller since Windows Server 2008 has the
 * types of RFC 3962; those of RFC 8009 come after them as in MIT's library, since their use for a session key fails
 * with services that do not know them.
 */
export const defaultEnctypes: readonly number[] = [18, 17, 20, 19];

const RC4_HMAC = 23;

/** Numbers of KRB-ERROR for a ticket that the KDC takes no more. @see RFC 4120 §7.5.9 */
const staleTicketErrors: ReadonlySet<number> = new Set([20, 31, 32, 44]);

/** KDC_ERR_S_PRINCIPAL_UNKNOWN: the KDC knows no way to that realm. @see RFC 4120 §7.5.9 */
const SERVICE_UNKNOWN = 7;

/** Milliseconds before its end at which a ticket is fetched anew, so that it lasts for what is begun with it. */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * A Kerberos client of one account: signs in when a ticket is first asked for, and keeps tickets while they last.
 *
 * Requests for the same ticket at the same time share one exchange; it goes on for the others when one of them gives up.
 * The clock of the KDC, where it differs by up to a day, is learnt from its refusal, and used from then on when a reply bears it out.
 */
export class KerberosClient implements TicketSource {
  readonly #name: ClientName;
  readonly #credential: ClientCredential | undefined;
  readonly #cache: TicketCache;
  readonly #environment: ExchangeEnvironment;
  readonly #underWay = new Map<string, Promise<ServiceTicket>>();
  readonly #realmOfHost: (host: string) => string | undefined;
  readonly #hostNow: () => number;
  #clockOffsetMs = 0;
  /** The account as its KDC names it, once it has signed in. */
  #account: ClientName | undefined;

  /** @throws {KerberosError} ERR_KRB5_CONFIGURATION */
  constructor(options: KerberosClientOptions) {
    const { user, realm, credential, enctypes = defaultEnctypes, allowRc4 = false } = options;
    this.#name = parseClientName(user, realm);
    this.#credential = credential;
    this.#cache = options.cache ?? new MemoryTicketCache();
    this.#realmOfHost = options.realmOfHost ?? (() => undefined);
    this.#hostNow = options.now ?? Date.now;
    const withoutRc4 = enctypes.filter((enctype) => enctype !== RC4_HMAC);
    const offered = allowRc4 ? [...withoutRc4, RC4_HMAC] : withoutRc4;
    if (offered.length === 0) throw noEnctypes();
    this.#environment = {
      transport: new KdcTransport({ ...options, locator: options.locator ?? dnsKdcs() }),
      enctypes: offered,
      now: () => this.#hostNow() + this.#clockOffsetMs,
      nonce: () => randomInt(1, 0x8000_0000),
      setClock: (kdcTime) => {
        this.#clockOffsetMs = kdcTime - this.#hostNow();
      },
    };
  }

  get principal(): string {
    const { principal, realm } = this.#name;
    return principal.type === nameTypes.enterprise ? principal.components.join('') : formatPrincipal(principal, realm);
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /**
   * The ticket for `service/host`. Its session key belongs to the client: it is not wiped by who uses it.
   *
   * @throws {RefusedError} for a KRB-ERROR.
   * @throws {KerberosError} see {@link asExchange} and {@link tgsExchange}; ERR_KRB5_CCACHE.
   * @throws the reason of `signal`.
   */
  async getTicket(
    { service, host }: { readonly service: string; readonly host: string },
    signal?: AbortSignal,
  ): Promise<ServiceTicket> {
    const server = { type: nameTypes.serviceInstance, components: [service, host] };
    return await this.#shared(server.components.join('/').toLowerCase(), signal, async () => {
      const known = await this.#cache.find(server);
      if (known !== undefined && this.#usable(known)) return known;
      const ticket = await this.#serviceTicket(server);
      await this.#cache.store(ticket);
      return ticket;
    });
  }

  /** The ticket-granting ticket of the account's realm: signs in when there is none. @throws as `getTicket`. */
  async getTicketGrantingTicket(signal?: AbortSignal): Promise<ServiceTicket> {
    return await this.#shared('krbtgt', signal, async () => {
      const known = await this.#cachedGrantingTicket();
      if (known !== undefined) return known;
      if (this.#credential === undefined) throw this.#noTicket();
      return await this.#signIn(this.#credential);
    });
  }

  async #serviceTicket(server: PrincipalName): Promise<ServiceTicket> {
    const granting = await this.getTicketGrantingTicket();
    try {
      return await this.#ticketBy(granting, server);
    } catch (error) {
      const credential = this.#credential;
      const stale = error instanceof RefusedError && staleTicketErrors.has(error.errorCode);
      if (credential === undefined || !stale) throw error;
      // The KDC has forgotten the ticket before its end: the key of krbtgt was changed, for instance.
      const anew = await this.#shared('krbtgt', undefined, async () => await this.#signIn(credential));
      return await this.#ticketBy(anew, server);
    }
  }

  /** Begins in the realm of the service's host where that is known and the account's KDC trusts it. */
  async #ticketBy(granting: ServiceTicket, server: PrincipalName): Promise<ServiceTicket> {
    const realm = this.#realmOfHost(server.components[1] ?? '');
    if (realm === undefined || realm === granting.serverRealm) {
      return await tgsExchange(this.#environment, granting, server);
    }
    let there = granting;
    try {
      const crossing = { type: nameTypes.serviceInstance, components: ['krbtgt', realm] };
      there = await tgsExchange(this.#environment, granting, crossing);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.errorCode !== SERVICE_UNKNOWN) throw error;
    }
    return await tgsExchange(this.#environment, there, server);
  }

  async #signIn(credential: ClientCredential): Promise<ServiceTicket> {
    const ticket = await asExchange(this.#environment, this.#name, credential);
    this.#account = { principal: ticket.client, realm: ticket.clientRealm };
    await this.#cache.store(ticket);
    return ticket;
  }

  async #cachedGrantingTicket(): Promise<ServiceTicket | undefined> {
    const { realm } = this.#account ?? this.#name;
    const ticket = await this.#cache.find(ticketGrantingService(realm), realm);
    return ticket !== undefined && this.#usable(ticket) ? ticket : undefined;
  }

  #usable(ticket: ServiceTicket): boolean {
    return this.#lasts(ticket) && this.#isOurs(ticket);
  }

  /**
   * A file may hold tickets of another account. Which account an enterprise name means shows when it signs in; a client that
   * never does takes what is there.
   */
  #isOurs({ client, clientRealm }: ServiceTicket): boolean {
    const { principal, realm } = this.#account ?? this.#name;
    if (this.#account === undefined && principal.type === nameTypes.enterprise) return this.#credential === undefined;
    return clientRealm === realm && samePrincipalInAnyCase(client, principal);
  }

  #lasts({ endTime }: ServiceTicket): boolean {
    return endTime - RENEW_BEFORE_MS > this.#environment.now();
  }

  #noTicket(): KerberosError {
    return new KerberosError({
      code: 'ERR_KRB5_CCACHE',
      message: `the ticket cache has no valid ticket-granting ticket of ${this.principal}`,
      nextStep: 'Sign in with `kinit`, or give the client a password or a keytab.',
    });
  }

  async #shared(
    key: string,
    signal: AbortSignal | undefined,
    run: () => Promise<ServiceTicket>,
  ): Promise<ServiceTicket> {
    signal?.throwIfAborted();
    let exchange = this.#underWay.get(key);
    if (exchange === undefined) {
      exchange = run().finally(() => {
        this.#underWay.delete(key);
      });
      this.#underWay.set(key, exchange);
    }
    return await (signal === undefined ? exchange : abortable(exchange, signal));
  }
}

function noEnctypes(): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_CONFIGURATION',
    message: 'the configuration leaves no encryption type to offer',
    nextStep: 'Name AES types; rc4-hmac counts only where it is allowed.',
  });
}

/** Waits for a promise until `signal` says otherwise; the work behind it goes on. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
