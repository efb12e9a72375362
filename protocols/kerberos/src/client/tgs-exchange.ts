import type { KerberosKey } from '../crypto/encryption-type.ts';
import { randomKey } from '../crypto/random-key.ts';
import { encryptionTypeOf } from '../crypto/supported-types.ts';
import { KerberosError } from '../errors.ts';
import { encodeApRequest } from '../messages/ap-request.ts';
import { encodeAuthenticator } from '../messages/authenticator.ts';
import { kdcOptions } from '../messages/flags.ts';
import { replyTypes, type KdcReply } from '../messages/kdc-reply.ts';
import { encodeKdcRequest, encodeKdcRequestBody, requestTypes } from '../messages/kdc-request.ts';
import { keyUsages } from '../messages/key-usages.ts';
import { paTypes } from '../messages/pre-authentication.ts';
import {
  formatPrincipal,
  samePrincipal,
  samePrincipalInAnyCase,
  type PrincipalName,
} from '../messages/principal-name.ts';
import { clockDifference, recoverableErrors, splitTime, type ExchangeEnvironment } from './exchange.ts';
import { answerError, decodeKdcAnswer, replyError, ticketOf, useReplyPart } from './kdc-answer.ts';
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

/** One request, and a second one when the clocks differ. */
async function askOnce(
  environment: ExchangeEnvironment,
  granting: ServiceTicket,
  server: PrincipalName,
  signal?: AbortSignal,
): Promise<ServiceTicket> {
  const realm = grantingRealm(granting);
  let aheadMs: number | undefined;
  for (;;) {
    const question: TgsQuestion = {
      granting,
      server,
      subkey: randomKey(granting.sessionKey.enctype),
      now: environment.now() + (aheadMs ?? 0),
      nonce: environment.nonce(),
      enctypes: environment.enctypes,
    };
    try {
      const answer = await environment.transport.send(realm, tgsRequest(question), signal);
      const decoded = decodeKdcAnswer(answer, replyTypes.tgs);
      if ('reply' in decoded) {
        const ticket = acceptReply(decoded.reply, question);
        // The KDC takes no authenticator of another time than its own.
        if (aheadMs !== undefined) environment.setClock(question.now);
        return ticket;
      }
      const refused = new RefusedError(`a ticket for ${formatPrincipal(server, realm)}`, decoded.error);
      if (refused.errorCode !== recoverableErrors.skew || aheadMs !== undefined) throw refused;
      aheadMs = clockDifference(environment, refused);
    } catch (error) {
      throw answerError(error);
    } finally {
      question.subkey.value.fill(0);
    }
  }
}

/** What one request is made of. */
interface TgsQuestion {
  readonly granting: ServiceTicket;
  readonly server: PrincipalName;
  /** For the reply alone. */
  readonly subkey: KerberosKey;
  /** The KDC's time as far as it is known, in milliseconds since 1970. */
  readonly now: number;
  readonly nonce: number;
  readonly enctypes: readonly number[];
}

function tgsRequest({ granting, server, subkey, now, nonce, enctypes }: TgsQuestion): Uint8Array {
  const body = encodeKdcRequestBody({
    options: kdcOptions.canonicalize,
    realm: grantingRealm(granting),
    server,
    till: granting.endTime,
    nonce,
    enctypes,
  });
  const { enctype, value } = granting.sessionKey;
  const type = encryptionTypeOf(enctype);
  const authenticator = encodeAuthenticator({
    clientRealm: granting.clientRealm,
    client: granting.client,
    // The body travels in clear; the checksum binds it to the authenticator.
    checksum: { type: type.checksumType, value: type.checksum(value, keyUsages.tgsRequestChecksum, body) },
    ...splitTime(now),
    subkey,
  });
  const cipher = type.encrypt(value, keyUsages.tgsRequestAuthenticator, authenticator);
  authenticator.fill(0);
  const apRequest = encodeApRequest({ options: 0, ticket: granting.ticket, authenticator: { enctype, cipher } });
  const padata = [{ type: paTypes.tgsRequest, value: apRequest }];
  return encodeKdcRequest({ type: requestTypes.tgs, padata, body });
}

function acceptReply(reply: KdcReply, question: TgsQuestion): ServiceTicket {
  const { granting, subkey } = question;
  const { client, clientRealm } = granting;
  if (reply.clientRealm !== clientRealm || !samePrincipal(reply.client, client))
    throw replyError(`it is for ${formatPrincipal(reply.client, reply.clientRealm)}, another client`);
  return useReplyPart(decryptPart(reply, granting.sessionKey, subkey), (part) => {
    if (part.serverRealm !== grantingRealm(granting)) throw replyError(`it comes from the realm ${part.serverRealm}`);
    return ticketOf(reply, part, question);
  });
}

/** The sub-key encrypts the reply; a KDC that does not know sub-keys takes the session key. @see RFC 4120 §3.3.3 */
function decryptPart({ encryptedPart }: KdcReply, sessionKey: KerberosKey, subkey: KerberosKey): Uint8Array {
  const { enctype, cipher } = encryptedPart;
  if (enctype !== subkey.enctype) throw replyError(`its encryption type ${enctype} is not that of the sub-key`);
  const type = encryptionTypeOf(enctype);
  try {
    return type.decrypt(subkey.value, keyUsages.tgsReplyPartWithSubkey, cipher);
  } catch (error) {
    if (!(error instanceof KerberosError)) throw error;
    return type.decrypt(sessionKey.value, keyUsages.tgsReplyPart, cipher);
  }
}
