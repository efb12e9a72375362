import {
  decodeApReply,
  decodeEncApRepPart,
  encodeApReply,
  encodeEncApRepPart,
} from '../../protocols/kerberos/src/messages/ap-reply.ts';
import { decodeApRequest, encodeApRequest } from '../../protocols/kerberos/src/messages/ap-request.ts';
import { decodeAuthenticator, encodeAuthenticator } from '../../protocols/kerberos/src/messages/authenticator.ts';
import {
  decodeEncKdcRepPart,
  decodeKdcReply,
  encodeEncKdcRepPart,
  encodeKdcReply,
  replyTypes,
} from '../../protocols/kerberos/src/messages/kdc-reply.ts';
import { decodeKrbError, encodeKrbError, ntStatusOf } from '../../protocols/kerberos/src/messages/krb-error.ts';
import {
  decodeEncPaRep,
  decodeEtypeInfo,
  decodeEtypeInfo2,
  decodeMethodData,
  encodeEtypeInfo2,
  encodeMethodData,
} from '../../protocols/kerberos/src/messages/pre-authentication.ts';
import {
  decodeCredentialCache,
  decodeKeytab,
  encodeCredentialCache,
  encodeKeytab,
  type ServiceTicket,
} from '@ad-protocols/kerberos';
import { decodeGssChecksum, encodeGssChecksum } from '../../protocols/kerberos/src/gss/authenticator-checksum.ts';
import { decodeContextToken, encodeContextToken } from '../../protocols/kerberos/src/gss/context-token.ts';
import { KerberosContext } from '../../protocols/kerberos/src/gss/kerberos-context.ts';
import { decodeServiceAnswer } from '../../protocols/kerberos/src/transport/service-query.ts';
import { decodeTicket, encodeTicket } from '../../protocols/kerberos/src/messages/ticket.ts';
import type { FuzzTarget } from '../target.ts';

const realm = 'CORP.CONTOSO.TEST';
const client = { type: 1, components: ['alice'] };
const server = { type: 2, components: ['krbtgt', realm] };
const encryptedPart = { enctype: 18, kvno: 2, cipher: new Uint8Array(40).fill(7) };
const ticket = encodeTicket({ realm, server, encryptedPart });
const key = { enctype: 18, value: new Uint8Array(32).fill(9) };
const time = Date.UTC(2026, 10, 22, 12);
const etypeInfo = encodeEtypeInfo2([
  { enctype: 18, salt: 'CORP.CONTOSO.TESTalice', parameters: Uint8Array.of(0, 0, 16, 0) },
]);
const padata = [{ type: 19, value: etypeInfo }];
const krbError = { serverTime: time, serverMicroseconds: 5, errorCode: 25, realm, server };

const serviceTicket: ServiceTicket = {
  client,
  clientRealm: realm,
  server,
  serverRealm: realm,
  ticket,
  sessionKey: key,
  flags: 0x40e0_0000,
  authTime: time,
  startTime: time,
  endTime: time + 36_000_000,
  renewTill: undefined,
};

/** What a KDC may send, decoded as far as it can be without a key. */
function decodeKdcMessage(input: Uint8Array): void {
  const [type] = input;
  if (type === 0x6b) decodeTicket(decodeKdcReply(input, replyTypes.as).ticket);
  else if (type === 0x6d) decodeTicket(decodeKdcReply(input, replyTypes.tgs).ticket);
  else ntStatusOf(decodeKrbError(input));
}

/** The context of a service, with keys that are known. */
function acceptor(enctype: number): KerberosContext {
  const value = new Uint8Array(enctype === 18 ? 32 : 16).fill(1);
  const parameters = { key: { enctype, value }, acceptorSubkey: true, sendSequence: 0, receiveSequence: 0 };
  return new KerberosContext({ ...parameters, role: 'acceptor' });
}

/** A token in each of the three forms of protection, for a fresh context; the first byte says of which encryption type. */
function openTokens(input: Uint8Array): void {
  const enctype = ((input[0] ?? 0) & 1) === 0 ? 18 : 23;
  const token = input.slice(1);
  acceptor(enctype).verify(Uint8Array.of(1, 2, 3), token);
  acceptor(enctype).open(new Uint8Array(32), { start: 8, end: 24 }, token);
  acceptor(enctype).unwrap(token);
}

function wrapped(enctype: number): Uint8Array {
  const value = new Uint8Array(enctype === 18 ? 32 : 16).fill(1);
  const parameters = { key: { enctype, value }, acceptorSubkey: true, sendSequence: 0, receiveSequence: 0 };
  return new KerberosContext({ ...parameters, role: 'initiator' }).wrap(Uint8Array.of(1, 2, 3));
}

export const targets = {
  'kerberos-kdc': {
    refusals: ['ERR_WIRE_'],
    decode: decodeKdcMessage,
    seeds: [
      ...Object.values(replyTypes).map((type) =>
        encodeKdcReply({ type, padata, clientRealm: realm, client, ticket, encryptedPart }),
      ),
      encodeKrbError({ ...krbError, text: 'preauth', data: encodeMethodData(padata) }),
    ],
  },
  'kerberos-kdc-encrypted-part': {
    refusals: ['ERR_WIRE_'],
    decode: decodeEncKdcRepPart,
    seeds: [
      encodeEncKdcRepPart(
        { key, nonce: 77, flags: 0x40e0_0000, authTime: time, endTime: time + 36_000_000, serverRealm: realm, server },
        replyTypes.as,
      ),
    ],
  },
  'kerberos-etype-info': { refusals: ['ERR_WIRE_'], decode: decodeEtypeInfo, seeds: [] },
  'kerberos-etype-info2': { refusals: ['ERR_WIRE_'], decode: decodeEtypeInfo2, seeds: [etypeInfo] },
  'kerberos-method-data': { refusals: ['ERR_WIRE_'], decode: decodeMethodData, seeds: [encodeMethodData(padata)] },
  'kerberos-ap-request': {
    refusals: ['ERR_WIRE_'],
    decode: decodeApRequest,
    seeds: [encodeApRequest({ options: 0x2000_0000, ticket, authenticator: encryptedPart })],
  },
  'kerberos-ap-reply': { refusals: ['ERR_WIRE_'], decode: decodeApReply, seeds: [encodeApReply(encryptedPart)] },
  'kerberos-ap-reply-encrypted-part': {
    refusals: ['ERR_WIRE_'],
    decode: decodeEncApRepPart,
    seeds: [encodeEncApRepPart({ time, microseconds: 3, subkey: key, sequenceNumber: 4_000_000_000 })],
  },
  'kerberos-context-token': {
    refusals: ['ERR_WIRE_'],
    decode: decodeContextToken,
    seeds: [encodeContextToken(0x0100, new Uint8Array(20))],
  },
  'kerberos-message-token': {
    refusals: ['ERR_GSS_SIGNATURE'],
    decode: openTokens,
    seeds: [18, 23].map((enctype, index) => Uint8Array.of(index, ...wrapped(enctype))),
  },
  'kerberos-keytab': {
    refusals: ['ERR_WIRE_', 'ERR_KRB5_'],
    decode: decodeKeytab,
    seeds: [encodeKeytab([{ realm, principal: client, timestamp: 0, kvno: 300, key }])],
  },
  'kerberos-credential-cache': {
    refusals: ['ERR_WIRE_', 'ERR_KRB5_'],
    decode: decodeCredentialCache,
    seeds: [encodeCredentialCache({ client, clientRealm: realm, tickets: [serviceTicket] })],
  },
  'kerberos-dns-answer': { refusals: ['ERR_WIRE_'], decode: (input) => decodeServiceAnswer(input, 0x1234), seeds: [] },
  'kerberos-gss-checksum': {
    refusals: ['ERR_WIRE_'],
    decode: decodeGssChecksum,
    seeds: [encodeGssChecksum(0x3e, Uint8Array.of(1, 2, 3))],
  },
  'kerberos-request-proof': { refusals: ['ERR_WIRE_'], decode: decodeEncPaRep, seeds: [] },
  'kerberos-authenticator': {
    refusals: ['ERR_WIRE_'],
    decode: decodeAuthenticator,
    seeds: [encodeAuthenticator({ clientRealm: realm, client, time, microseconds: 3, subkey: key, sequenceNumber: 1 })],
  },
} as const satisfies Record<string, FuzzTarget>;
