import type { SecurityContext } from '@ad-protocols/gss';
import type { KerberosKey } from '../crypto/encryption-type.ts';

/** Which side of the sign-in this is. */
export type ContextRole = 'initiator' | 'acceptor';

/** What both sides know once the AP exchange is over. */
export interface ContextParameters {
  readonly role: ContextRole;
  /** The acceptor's subkey, or the initiator's where the acceptor gave none. */
  readonly key: KerberosKey;
  /** Whether `key` is the acceptor's. */
  readonly acceptorSubkey: boolean;
  /** Of the authenticator and of the AP-REP: numbers of the first message of this side and of the other one, 32 bits. */
  readonly sendSequence: number;
  readonly receiveSequence: number;
}

/**
 * The per-message tokens of a context: those of RFC 4121 for AES, those of RFC 4757 for RC4.
 *
 * What comes in must have the next sequence number; after anything wrong the object is of no use any more.
 */
export interface MessageProtection extends Pick<
  SecurityContext,
  'sealSignatureBytes' | 'signSignatureBytes' | 'seal' | 'open' | 'sign' | 'verify' | 'wrap' | 'wipe'
> {
  /** The message, fresh, or undefined when anything about the token is wrong. A token that is only signed is as good. */
  unwrap(token: Uint8Array): Uint8Array | undefined;
}

/** Whether two byte strings that are no secrets are the same. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
