import { applicationTag } from '@ad-protocols/asn1';
import { isWireError } from '@ad-protocols/wire';
import { encryptionTypeOf } from '../crypto/supported-types.ts';
import { KerberosError } from '../errors.ts';
import { decodeEncKdcRepPart, decodeKdcReply, type EncKdcRepPart, type KdcReply } from '../messages/kdc-reply.ts';
import { decodeKrbError, type KrbError } from '../messages/krb-error.ts';
import { samePrincipalInAnyCase } from '../messages/principal-name.ts';
import { decodeTicket } from '../messages/ticket.ts';
import type { ServiceTicket } from './service-ticket.ts';

/** What a KDC answers: the reply, or why there is none. */
export type KdcAnswer = { readonly reply: KdcReply } | { readonly error: KrbError };

/** `type` is that of the reply awaited. @throws {TruncatedError} {MalformedError} */
export function decodeKdcAnswer(bytes: Uint8Array, type: number): KdcAnswer {
  return bytes[0] === applicationTag(30) ? { error: decodeKrbError(bytes) } : { reply: decodeKdcReply(bytes, type) };
}

/**
 * What `use` makes of the encrypted part of a reply, given in clear, which is wiped afterwards. The session key is wiped too,
 * unless it ends up in a ticket.
 */
export function useReplyPart(plaintext: Uint8Array, use: (part: EncKdcRepPart) => ServiceTicket): ServiceTicket {
  let key: Uint8Array | undefined;
  try {
    const part = decodeEncKdcRepPart(plaintext);
    key = part.key.value;
    return use(part);
  } catch (error) {
    key?.fill(0);
    throw error;
  } finally {
    plaintext.fill(0);
  }
}

/** What a reply has to answer. */
interface Question {
  readonly nonce: number;
  /** Encryption types that were offered. */
  readonly enctypes: readonly number[];
}

/**
 * The ticket of a reply, once the nonce is the one asked with, the session key is of a type that was offered, and both parts of
 * the reply name the same service.
 */
export function ticketOf(reply: KdcReply, part: EncKdcRepPart, { nonce, enctypes }: Question): ServiceTicket {
  if (part.nonce !== nonce) throw replyError('its nonce is not that of the request');
  const { enctype, value } = part.key;
  // The request of a sign-in goes out in clear: somebody on the way may have left only weak types in it.
  if (!enctypes.includes(enctype)) throw replyError(`its session key has encryption type ${enctype}, not offered`);
  if (value.length !== encryptionTypeOf(enctype).keyBytes)
    throw replyError(`its session key has ${value.length} bytes, not those of encryption type ${enctype}`);
  const { realm, server } = decodeTicket(reply.ticket);
  if (realm !== part.serverRealm || !samePrincipalInAnyCase(server, part.server))
    throw replyError('its ticket is for another service than its encrypted part says');
  return {
    client: reply.client,
    clientRealm: reply.clientRealm,
    server: part.server,
    serverRealm: part.serverRealm,
    ticket: new Uint8Array(reply.ticket),
    sessionKey: part.key,
    flags: part.flags,
    authTime: part.authTime,
    startTime: part.startTime ?? part.authTime,
    endTime: part.endTime,
    renewTill: part.renewTill,
  };
}

/** The error to throw in place of one of a decoder, which does not say that it was about a KDC. */
export function answerError(error: unknown): unknown {
  return isWireError(error) ? replyError('it is malformed', error) : error;
}

/** An answer that must not be used. */
export function replyError(problem: string, cause?: unknown): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_REPLY',
    message: `the answer of the KDC is not used: ${problem}`,
    nextStep: 'Check that the address is that of a domain controller: somebody else may answer in its place.',
    cause,
  });
}
