import { randomBytes } from 'node:crypto';
import { allocateSecret } from '@ad-protocols/wire';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import { encryptionTypeOf } from '../crypto/supported-types.ts';
import { KerberosError } from '../errors.ts';
import { encodeApRequest } from '../messages/ap-request.ts';
import { encodeAuthenticator } from '../messages/authenticator.ts';
import { kdcOptions } from '../messages/flags.ts';
import { decodeEncKdcRepPart, replyTypes, type EncKdcRepPart, type KdcReply } from '../messages/kdc-reply.ts';
import { encodeKdcRequest, encodeKdcRequestBody, requestTypes } from '../messages/kdc-request.ts';
import { keyUsages } from '../messages/key-usages.ts';
import { paTypes } from '../messages/pre-authentication.ts';
import {
  formatPrincipal,
  samePrincipal,
  samePrincipalInAnyCase,
  type PrincipalName,
} from '../messages/principal-name.ts';
import { recoverableErrors, splitTime, type ExchangeEnvironment } from './exchange.ts';
import { decodeKdcAnswer, replyError, ticketOf } from './kdc-answer.ts';
import { RefusedError } from './refused-error.ts';
import type { ServiceTicket } from './service-ticket.ts';

/** Realms on the way to a service at most. */
const REALMS_MAX = 10;

/**
 * The ticket for a service, in the realm of the ticket-granting ticket or in one that its KDC sends the client on to.
 *
 * @throws {RefusedError} for a KRB-ERROR.
 * @throws {KerberosError} ERR_KRB5_KDC_UNREACHABLE, ERR_KRB5_REPLY, ERR_KRB5_REFERRAL, ERR_KRB5_INTEGRITY
 * @see RFC 4120 §3.3; RFC 6806 §8
 */
export async function tgsExchange(
  environment: ExchangeEnvironment,
  ticketGrantingTicket: ServiceTicket,
  server: PrincipalName,
  signal?: AbortSignal,
): Promise<ServiceTicket> {
  let granting = ticketGrantingTicket;
  const realms = new Set<string>();
  while (realms.size < REALMS_MAX) {
    const realm = grantingRealm(granting);
    if (realms.has(realm)) break;
    realms.add(realm);
    const ticket = await askOnce(environment, granting, server, signal);
    if (samePrincipalInAnyCase(ticket.server, server)) return ticket;
    const [service, nextRealm] = ticket.server.components;
    if (service !== 'krbtgt' || nextRealm === undefined || ticket.server.components.length !== 2)
      throw replyError(`it is for ${formatPrincipal(ticket.server, ticket.serverRealm)}, which was not asked for`);
    granting = ticket;
  }
  throw new KerberosError({
    code: 'ERR_KRB5_REFERRAL',
    message: `the KDCs send the client in circles on the way to ${server.components.join('/')}: ${[...realms].join(', ')}`,
    nextStep: 'Check the trusts between these realms, and which of them the host of the service belongs to.',
  });
}

/** The realm whose KDC takes this ticket-granting ticket. */
function grantingRealm({ server, serverRealm }: ServiceTicket): string {
  return server.components[1] ?? serverRealm;
}

/** One request, and a second one when the clock has to be set. */
async function askOnce(
  environment: ExchangeEnvironment,
  granting: ServiceTicket,
  server: PrincipalName,
  signal?: AbortSignal,
): Promise<ServiceTicket> {
  const realm = grantingRealm(granting);
  for (let clockSet = false; ; clockSet = true) {
    const subkey = freshSubkey(granting.sessionKey.enctype);
    try {
      const { bytes, nonce } = tgsRequest(environment, granting, server, subkey);
      const answer = decodeKdcAnswer(await environment.transport.send(realm, bytes, signal), replyTypes.tgs);
      if ('reply' in answer) return acceptReply(answer.reply, granting, subkey, nonce);
      const refused = new RefusedError(`a ticket for ${formatPrincipal(server, realm)}`, answer.error);
      if (refused.errorCode !== recoverableErrors.skew || clockSet) throw refused;
      environment.setClock(refused.serverTime);
    } finally {
      subkey.value.fill(0);
    }
  }
}

/** A key for the reply alone. */
function freshSubkey(enctype: number): KerberosKey {
  const value = allocateSecret(encryptionTypeOf(enctype).keyBytes);
  const random = randomBytes(value.length);
  value.set(random);
  random.fill(0);
  return { enctype, value };
}

function tgsRequest(
  environment: ExchangeEnvironment,
  granting: ServiceTicket,
  server: PrincipalName,
  subkey: KerberosKey,
): { bytes: Uint8Array; nonce: number } {
  const nonce = environment.nonce();
  const body = encodeKdcRequestBody({
    options: kdcOptions.canonicalize,
    realm: grantingRealm(granting),
    server,
    till: granting.endTime,
    nonce,
    enctypes: environment.enctypes,
  });
  const { enctype, value } = granting.sessionKey;
  const type = encryptionTypeOf(enctype);
  const authenticator = encodeAuthenticator({
    clientRealm: granting.clientRealm,
    client: granting.client,
    // The body travels in clear; the checksum binds it to the authenticator.
    checksum: { type: type.checksumType, value: type.checksum(value, keyUsages.tgsRequestChecksum, body) },
    ...splitTime(environment.now()),
    subkey,
  });
  const cipher = type.encrypt(value, keyUsages.tgsRequestAuthenticator, authenticator);
  authenticator.fill(0);
  const apRequest = encodeApRequest({ options: 0, ticket: granting.ticket, authenticator: { enctype, cipher } });
  const padata = [{ type: paTypes.tgsRequest, value: apRequest }];
  return { bytes: encodeKdcRequest({ type: requestTypes.tgs, padata, body }), nonce };
}

function acceptReply(reply: KdcReply, granting: ServiceTicket, subkey: KerberosKey, nonce: number): ServiceTicket {
  const { client, clientRealm } = granting;
  if (reply.clientRealm !== clientRealm || !samePrincipal(reply.client, client))
    throw replyError(`it is for ${formatPrincipal(reply.client, reply.clientRealm)}, another client`);
  const part = decryptPart(reply, granting.sessionKey, subkey);
  if (part.serverRealm !== grantingRealm(granting)) throw replyError(`it comes from the realm ${part.serverRealm}`);
  return ticketOf(reply, part, nonce);
}

/** The sub-key encrypts the reply; a KDC that does not know sub-keys takes the session key. @see RFC 4120 §3.3.3 */
function decryptPart({ encryptedPart }: KdcReply, sessionKey: KerberosKey, subkey: KerberosKey): EncKdcRepPart {
  const { enctype, cipher } = encryptedPart;
  if (enctype !== subkey.enctype) throw replyError(`its encryption type ${enctype} is not that of the sub-key`);
  const type = encryptionTypeOf(enctype);
  try {
    return decodeEncKdcRepPart(type.decrypt(subkey.value, keyUsages.tgsReplyPartWithSubkey, cipher));
  } catch (error) {
    if (!(error instanceof KerberosError)) throw error;
    return decodeEncKdcRepPart(type.decrypt(sessionKey.value, keyUsages.tgsReplyPart, cipher));
  }
}
