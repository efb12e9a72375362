import { samePrincipalInAnyCase, type PrincipalName } from '../messages/principal-name.ts';
import type { ServiceTicket } from './service-ticket.ts';

/** Keeps the tickets of one account. What it gives back belongs to the cache. */
export interface TicketCache {
  /** The ticket for a service, whether or not it has expired; `realm` undefined: in any realm. */
  find(server: PrincipalName, realm?: string): Promise<ServiceTicket | undefined>;
  /** Keeps a ticket in place of the one for the same service. */
  store(ticket: ServiceTicket): Promise<void>;
}

/** Whether a ticket is for this service; names of services have no case in Active Directory. */
export function isFor(ticket: ServiceTicket, server: PrincipalName, realm?: string): boolean {
  return samePrincipalInAnyCase(ticket.server, server) && (realm === undefined || ticket.serverRealm === realm);
}

/** Tickets in memory, gone with the process. */
export class MemoryTicketCache implements TicketCache {
  #tickets: ServiceTicket[] = [];

  async find(server: PrincipalName, realm?: string): Promise<ServiceTicket | undefined> {
    return await Promise.resolve(this.#tickets.find((ticket) => isFor(ticket, server, realm)));
  }

  async store(ticket: ServiceTicket): Promise<void> {
    const others = this.#tickets.filter((other) => !isFor(other, ticket.server, ticket.serverRealm));
    this.#tickets = [...others, ticket];
    await Promise.resolve();
  }
}
