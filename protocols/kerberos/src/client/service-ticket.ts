import type { KerberosKey } from '../crypto/encryption-type.ts';
import type { PrincipalName } from '../messages/principal-name.ts';

/** A ticket for one service, with the key that the client and the service share through it. */
export interface ServiceTicket {
  readonly client: PrincipalName;
  readonly clientRealm: string;
  readonly server: PrincipalName;
  readonly serverRealm: string;
  /** The ticket as it came, DER; opaque to the client. */
  readonly ticket: Uint8Array;
  /** Its encryption type may differ from the ticket's own. */
  readonly sessionKey: KerberosKey;
  /** TicketFlags, the first flag in the highest bit. @see RFC 4120 §5.3 */
  readonly flags: number;
  /** Milliseconds since 1970, by the KDC's clock. */
  readonly authTime: number;
  readonly startTime: number;
  readonly endTime: number;
  readonly renewTill: number | undefined;
}

/** Where the GSS mechanism gets tickets from. */
export interface TicketSource {
  /** For messages: `alice@CORP.CONTOSO.TEST`. */
  readonly principal: string;
  /** How far the KDC's clock is ahead of this host's, in milliseconds. */
  readonly clockOffsetMs: number;
  /** @throws {KerberosError} */
  getTicket(target: { readonly service: string; readonly host: string }, signal?: AbortSignal): Promise<ServiceTicket>;
}
