import { applicationTag } from '@ad-protocols/asn1';
import { KerberosError } from '../errors.ts';
import type { EncKdcRepPart, KdcReply } from '../messages/kdc-reply.ts';
import { decodeKdcReply } from '../messages/kdc-reply.ts';
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

/** The ticket of a reply, once the nonce is the one asked with and both parts of the reply name the same service. */
export function ticketOf(reply: KdcReply, part: EncKdcRepPart, nonce: number): ServiceTicket {
  if (part.nonce !== nonce) throw replyError('its nonce is not that of the request');
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

/** A reply that must not be used. */
export function replyError(problem: string): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_REPLY',
    message: `the answer of the KDC is not used: ${problem}`,
    nextStep: 'Check that the address is that of a domain controller: somebody else may answer in its place.',
  });
}
