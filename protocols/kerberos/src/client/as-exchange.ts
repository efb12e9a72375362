import { timingSafeEqual } from 'node:crypto';
import { encryptionTypeOf } from '../crypto/supported-types.ts';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import { KerberosError } from '../errors.ts';
import { kdcOptions, ticketFlags } from '../messages/flags.ts';
import { replyTypes, type EncKdcRepPart, type KdcReply } from '../messages/kdc-reply.ts';
import { encodeKdcRequest, encodeKdcRequestBody, requestTypes } from '../messages/kdc-request.ts';
import { keyUsages } from '../messages/key-usages.ts';
import type { KrbError } from '../messages/krb-error.ts';
import { encryptedData } from '../messages/encrypted-data.ts';
import {
  decodeEncPaRep,
  decodeEtypeInfo,
  decodeEtypeInfo2,
  decodeMethodData,
  encodePacRequest,
  encodePaTimestamp,
  paTypes,
  type EtypeInfoEntry,
  type PaData,
} from '../messages/pre-authentication.ts';
import {
  formatPrincipal,
  nameTypes,
  samePrincipalInAnyCase,
  ticketGrantingService,
} from '../messages/principal-name.ts';
import { encodeBer } from '@ad-protocols/asn1';
import { longTermKey, usableEnctypes, type ClientCredential } from './credential.ts';
import type { ClientName } from './client-name.ts';
import { clockDifference, recoverableErrors, splitTime, type ExchangeEnvironment } from './exchange.ts';
import { answerError, decodeKdcAnswer, replyError, ticketOf, useReplyPart } from './kdc-answer.ts';
import { RefusedError } from './refused-error.ts';
import type { ServiceTicket } from './service-ticket.ts';

/** Requests of one sign-in at most: without and with proof, a new salt, the clock, and realms to be sent on to. */
const REQUESTS_MAX = 8;

/** Milliseconds a ticket is asked for; a KDC gives less, by default ten hours. */
const TICKET_LIFETIME_MS = 24 * 3_600_000;

/** How far a sign-in has come. */
interface AsState {
  readonly client: ClientName;
  /** What the KDC said about the key; with it the request carries a proof. */
  readonly info: EtypeInfoEntry | undefined;
  /** How far the KDC is ahead in milliseconds, where it refused for its clock. */
  readonly aheadMs: number | undefined;
}

/**
 * The ticket-granting ticket of an account.
 *
 * The first request carries no proof: the KDC answers with the salt and the encryption types of the account, or at once
 * with the ticket where none is asked for.
 *
 * @throws {RefusedError} for a KRB-ERROR.
 * @throws {KerberosError} ERR_KRB5_KDC_UNREACHABLE, ERR_KRB5_REPLY, ERR_KRB5_REFERRAL, ERR_KRB5_KEYTAB, ERR_KRB5_INTEGRITY
 * @see RFC 4120 §3.1; RFC 6806
 */
export async function asExchange(
  environment: ExchangeEnvironment,
  name: ClientName,
  credential: ClientCredential,
  signal?: AbortSignal,
): Promise<ServiceTicket> {
  let state: AsState = { client: name, info: undefined, aheadMs: undefined };
  for (let count = 0; count < REQUESTS_MAX; count += 1) {
    const request = asRequest(environment, state, credential);
    const bytes = await environment.transport.send(state.client.realm, request.bytes, signal);
    try {
      const answer = decodeKdcAnswer(bytes, replyTypes.as);
      if ('reply' in answer) {
        const ticket = acceptReply(answer.reply, state, credential, request);
        if (state.aheadMs !== undefined) environment.setClock(ticket.authTime);
        return ticket;
      }
      state = afterError(environment, state, credential, answer.error);
    } catch (error) {
      throw answerError(error);
    }
  }
  throw new KerberosError({
    code: 'ERR_KRB5_REFERRAL',
    message: `the sign-in of ${formatPrincipal(name.principal, name.realm)} does not end after ${REQUESTS_MAX} requests`,
    nextStep: 'Check the trusts and the UPN suffixes of the forest: its KDCs send the client round in circles.',
  });
}

interface AsRequest {
  readonly bytes: Uint8Array;
  readonly nonce: number;
  readonly enctypes: readonly number[];
}

function asRequest(environment: ExchangeEnvironment, state: AsState, credential: ClientCredential): AsRequest {
  const { client, info } = state;
  const enctypes = usableEnctypes(credential, client, environment.enctypes);
  if (enctypes.length === 0) throw noKey(client, environment.enctypes);
  const nonce = environment.nonce();
  const now = environment.now() + (state.aheadMs ?? 0);
  const enterprise = client.principal.type === nameTypes.enterprise;
  const body = encodeKdcRequestBody({
    options: kdcOptions.renewableOk | (enterprise ? kdcOptions.canonicalize : 0),
    client: client.principal,
    realm: client.realm,
    server: ticketGrantingService(client.realm),
    till: now + TICKET_LIFETIME_MS,
    nonce,
    // What the credential has no key of cannot be taken for the reply, and is not needed for the session key.
    enctypes,
  });
  const padata: PaData[] = [
    ...(info === undefined ? [] : [timestamp(requireKey(credential, client, info), now)]),
    { type: paTypes.pacRequest, value: encodePacRequest(true) },
    { type: paTypes.encPaRep, value: new Uint8Array() },
  ];
  return { bytes: encodeKdcRequest({ type: requestTypes.as, padata, body }), nonce, enctypes };
}

/** PA-ENC-TIMESTAMP; wipes the key. */
function timestamp({ enctype, value }: KerberosKey, now: number): PaData {
  const cipher = encryptionTypeOf(enctype).encrypt(
    value,
    keyUsages.asRequestTimestamp,
    encodePaTimestamp(splitTime(now)),
  );
  value.fill(0);
  return { type: paTypes.encryptedTimestamp, value: encodeBer(encryptedData({ enctype, cipher })) };
}

/** What to ask next. @throws {RefusedError} when nothing is left. */
function afterError(
  environment: ExchangeEnvironment,
  state: AsState,
  credential: ClientCredential,
  error: KrbError,
): AsState {
  const { client, info } = state;
  const refused = new RefusedError(`the sign-in of ${formatPrincipal(client.principal, client.realm)}`, error);
  switch (error.errorCode) {
    case recoverableErrors.preauthRequired: {
      const entries = etypeInfo(methodData(error));
      if (info !== undefined || entries.length === 0) throw refused;
      const entry = chooseEntry(entries, usableEnctypes(credential, client, environment.enctypes));
      if (entry === undefined) throw noCommonEnctype(client, entries);
      return { ...state, info: entry };
    }
    case recoverableErrors.skew:
      if (state.aheadMs !== undefined) throw refused;
      return { ...state, aheadMs: clockDifference(environment, refused) };
    case recoverableErrors.wrongRealm: {
      const realm = error.clientRealm;
      // Only an enterprise name is looked for in other realms, and the same realm again leads nowhere.
      if (client.principal.type !== nameTypes.enterprise || realm === undefined || realm === client.realm)
        throw refused;
      return { ...state, client: { ...client, realm }, info: undefined };
    }
    default:
      throw refused;
  }
}

function methodData({ data }: KrbError): PaData[] {
  return data === undefined ? [] : decodeMethodData(data);
}

/** What the KDC says about the account's keys; ETYPE-INFO counts only where there is no ETYPE-INFO2. */
function etypeInfo(padata: readonly PaData[]): readonly EtypeInfoEntry[] {
  const info2 = padata.find(({ type }) => type === paTypes.etypeInfo2);
  if (info2 !== undefined) return decodeEtypeInfo2(info2.value);
  const info = padata.find(({ type }) => type === paTypes.etypeInfo);
  return info === undefined ? [] : decodeEtypeInfo(info.value);
}

/** The first of our encryption types that the KDC names. */
function chooseEntry(entries: readonly EtypeInfoEntry[], enctypes: readonly number[]): EtypeInfoEntry | undefined {
  for (const enctype of enctypes) {
    const entry = entries.find((one) => one.enctype === enctype);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function noCommonEnctype({ principal, realm }: ClientName, entries: readonly EtypeInfoEntry[]): KerberosError {
  const theirs = entries.map(({ enctype }) => enctype).join(', ');
  return new KerberosError({
    code: 'ERR_KRB5_ETYPE_NOT_SUPPORTED',
    message: `the KDC has keys of ${formatPrincipal(principal, realm)} with encryption type ${theirs} alone, none of which is offered`,
    nextStep:
      'Set the password of the account anew, so that it gets AES keys. Allow RC4 (23) only where it has no others.',
  });
}

function acceptReply(reply: KdcReply, state: AsState, credential: ClientCredential, request: AsRequest): ServiceTicket {
  const { client } = state;
  const { enctype, cipher } = reply.encryptedPart;
  // A KDC must not choose a type that was not offered, a weaker one for instance.
  if (!request.enctypes.includes(enctype)) throw replyError(`its encryption type ${enctype} was not offered`);
  checkClient(reply, client);
  // The reply names the salt again when no proof was asked for, or the KDC chose another type.
  const known = state.info?.enctype === enctype ? state.info : undefined;
  const info = chooseEntry(etypeInfo(reply.padata), [enctype]) ?? known ?? { enctype };
  const key = requireKey(credential, client, info);
  try {
    return useReplyPart(encryptionTypeOf(enctype).decrypt(key.value, keyUsages.asReplyPart, cipher), (part) => {
      checkRequestProof(part, key, request.bytes);
      const [service, realm] = part.server.components;
      if (service !== 'krbtgt' || realm !== part.serverRealm || realm !== client.realm)
        throw replyError('its ticket is not for the ticket-granting service of the realm');
      return ticketOf(reply, part, request);
    });
  } finally {
    key.value.fill(0);
  }
}

/** Only an enterprise name may come back as another one. */
function checkClient({ client, clientRealm }: KdcReply, asked: ClientName): void {
  if (clientRealm !== asked.realm) throw replyError(`it is for a client in the realm ${clientRealm}`);
  const same = samePrincipalInAnyCase(client, asked.principal);
  if (asked.principal.type !== nameTypes.enterprise && !same) throw replyError('it is for another client');
}

/**
 * Where the ticket says so, the reply holds a checksum over the request: without it somebody on the way could have
 * taken better encryption types from the request.
 *
 * @see RFC 6806 §11
 */
function checkRequestProof(part: EncKdcRepPart, key: KerberosKey, request: Uint8Array): void {
  if ((part.flags & ticketFlags.encPaRep) === 0) return;
  const proof = part.encryptedPadata?.find(({ type }) => type === paTypes.encPaRep);
  if (proof === undefined) throw replyError('the checksum over the request is missing');
  const { type, value } = decodeEncPaRep(proof.value);
  const encryptionType = encryptionTypeOf(key.enctype);
  const expected = encryptionType.checksum(key.value, keyUsages.asRequestChecksum, request);
  const right = value.length === expected.length && timingSafeEqual(value, expected);
  if (type !== encryptionType.checksumType || !right) throw replyError('the request was altered on the way');
}

function requireKey(credential: ClientCredential, client: ClientName, info: EtypeInfoEntry): KerberosKey {
  const key = longTermKey(credential, client, info);
  if (key === undefined) throw noKey(client, [info.enctype]);
  return key;
}

function noKey({ principal, realm }: ClientName, enctypes: readonly number[]): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_KEYTAB',
    message: `there is no key of ${formatPrincipal(principal, realm)} with encryption type ${enctypes.join(', ')}`,
    nextStep:
      'Look with `klist -ke` whether the keytab has the account; give it AES keys, or allow RC4 where it has none.',
  });
}
