import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { ServiceTicket } from '../client/service-ticket.ts';
import { isFor, type TicketCache } from '../client/ticket-cache.ts';
import { KerberosError } from '../errors.ts';
import { samePrincipal, type PrincipalName } from '../messages/principal-name.ts';
import { decodeCredentialCache, encodeCredentialCache, type CredentialCache } from './ccache.ts';

/**
 * Tickets in a file of MIT's format, to be shared with `kinit`, `klist` and programs that use its library.
 *
 * The file is readable by its owner alone (mode 0600), and is replaced as a whole: a reader never sees half of it.
 * A ticket of another account begins the file anew, as `kinit` does.
 */
export class FileTicketCache implements TicketCache {
  readonly #path: string;
  /** Writes of this object, one after the other. */
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws {KerberosError} ERR_KRB5_CCACHE */
  async find(server: PrincipalName, realm?: string): Promise<ServiceTicket | undefined> {
    const tickets = (await this.#read())?.tickets ?? [];
    const found = tickets.find((ticket) => isFor(ticket, server, realm));
    wipeKeys(tickets.filter((ticket) => ticket !== found));
    return found;
  }

  /** @throws {KerberosError} ERR_KRB5_CCACHE */
  async store(ticket: ServiceTicket): Promise<void> {
    const before = this.#writing;
    const written = (async () => {
      // A write that failed was told to who asked for it.
      await before.catch(() => undefined);
      await this.#add(ticket);
    })();
    this.#writing = written;
    await written;
  }

  async #add(ticket: ServiceTicket): Promise<void> {
    const cache = await this.#read();
    const { client, clientRealm } = ticket;
    const same = cache !== undefined && samePrincipal(cache.client, client) && cache.clientRealm === clientRealm;
    const others = same ? cache.tickets.filter((other) => !isFor(other, ticket.server, ticket.serverRealm)) : [];
    try {
      await this.#write({ client, clientRealm, tickets: [...others, ticket] });
    } finally {
      wipeKeys(cache?.tickets ?? []);
    }
  }

  async #read(): Promise<CredentialCache | undefined> {
    try {
      const bytes = await readFile(this.#path);
      const cache = decodeCredentialCache(bytes);
      bytes.fill(0);
      return cache;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw this.#failed('read', error);
    }
  }

  async #write(cache: CredentialCache): Promise<void> {
    const bytes = encodeCredentialCache(cache);
    const temporary = `${this.#path}.${randomUUID()}`;
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw this.#failed('written', error);
    } finally {
      bytes.fill(0);
    }
  }

  #failed(what: string, cause: unknown): KerberosError {
    return new KerberosError({
      code: 'ERR_KRB5_CCACHE',
      message: `the ticket cache ${this.#path} cannot be ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
      nextStep: 'Check the path and its permissions; remove the file when it is damaged, so that it is made anew.',
      cause,
    });
  }
}

/** The keys of tickets that were read from the file and are not given out. */
function wipeKeys(tickets: readonly ServiceTicket[]): void {
  for (const { sessionKey } of tickets) sessionKey.value.fill(0);
}
