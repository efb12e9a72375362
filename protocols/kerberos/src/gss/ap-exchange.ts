import { encodeBer } from '@ad-protocols/asn1';
import { copySecret } from '@ad-protocols/wire';
import type { ServiceTicket } from '../client/service-ticket.ts';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import { encryptionTypeOf } from '../crypto/supported-types.ts';
import { KerberosError } from '../errors.ts';
import {
  decodeApReply,
  decodeEncApRepPart,
  encodeApReply,
  encodeEncApRepPart,
  type EncApRepPart,
} from '../messages/ap-reply.ts';
import { encodeApRequest } from '../messages/ap-request.ts';
import { authorizationData, type AuthorizationElement } from '../messages/authorization-data.ts';
import { encodeAuthenticator } from '../messages/authenticator.ts';
import type { EncryptedData } from '../messages/encrypted-data.ts';
import { apOptions } from '../messages/flags.ts';
import { keyUsages } from '../messages/key-usages.ts';
import { formatPrincipal } from '../messages/principal-name.ts';
import { encodeGssChecksum, GSS_CHECKSUM_TYPE, gssFlags } from './authenticator-checksum.ts';
import type { ContextParameters } from './message-protection.ts';

/** What an initiator brings to one AP exchange, fresh for each. */
export interface ApInitiation {
  readonly ticket: ServiceTicket;
  /** By the KDC's clock: milliseconds since 1970, whole seconds. */
  readonly time: number;
  /** 0 to 999,999, in addition to `time`. */
  readonly microseconds: number;
  /** Random, of the session key's encryption type. */
  readonly subkey: KerberosKey;
  /** Random, 0 to 2^30-1: some acceptors take the higher bits for a sign. */
  readonly sequenceNumber: number;
  readonly dceStyle: boolean;
  /** Whether messages will be sealed, not only signed. */
  readonly confidentiality: boolean;
  /** As in `SecurityTarget`. */
  readonly channelBindings: Uint8Array | undefined;
}

/**
 * The first message: the ticket, and the proof that its sender has the session key.
 *
 * @throws {KerberosError} ERR_KRB5_ENCTYPE, ERR_KRB5_KEY
 * @see RFC 4120 §3.2.2, RFC 4121 §4.1.1, [MS-KILE] (3.2.5.2)
 */
export function createApRequest(initiation: ApInitiation): Uint8Array {
  const { ticket, time, microseconds, subkey, sequenceNumber, dceStyle, confidentiality, channelBindings } = initiation;
  const flags =
    gssFlags.mutual |
    gssFlags.replayDetection |
    gssFlags.sequenceDetection |
    gssFlags.integrity |
    (confidentiality ? gssFlags.confidentiality : 0) |
    (dceStyle ? gssFlags.dceStyle : 0);
  const authenticator = encodeAuthenticator({
    clientRealm: ticket.clientRealm,
    client: ticket.client,
    checksum: { type: GSS_CHECKSUM_TYPE, value: encodeGssChecksum(flags, channelBindings) },
    time,
    microseconds,
    subkey,
    sequenceNumber,
    authorizationData: channelBindings && [channelsKnown()],
  });
  const encrypted = encryptWith(ticket.sessionKey, keyUsages.apRequestAuthenticator, authenticator);
  authenticator.fill(0);
  return encodeApRequest({ options: apOptions.mutualRequired, ticket: ticket.ticket, authenticator: encrypted });
}

/** Types of authorization data. @see RFC 4120 §5.2.6.1; [MS-KILE] (3.1.5.5) */
const AD_IF_RELEVANT = 1;
const AD_AUTH_DATA_AP_OPTIONS = 143;

/** KERB_AP_OPTIONS_CBT, little-endian: this client gives channel bindings wherever there is a channel. @see [MS-KILE] AP Exchange (3.2.5.8) */
function channelsKnown(): AuthorizationElement {
  const options = { type: AD_AUTH_DATA_AP_OPTIONS, data: Uint8Array.of(0x00, 0x40, 0x00, 0x00) };
  return { type: AD_IF_RELEVANT, data: encodeBer(authorizationData([options])) };
}

/** What the acceptor's answer gives. */
export interface ApAgreement {
  /** The key in it is the initiator's subkey or a fresh one; the caller wipes both. */
  readonly context: ContextParameters;
  /** The message that tells the acceptor that its answer has come; it expects this in DCE style only. */
  readonly thirdLeg: Uint8Array;
}

/**
 * Checks the answer of the acceptor: it echoes the time of the authenticator, which only the service could decrypt.
 *
 * @throws {KerberosError} ERR_KRB5_INTEGRITY, ERR_KRB5_REPLY, ERR_KRB5_ENCTYPE
 * @throws {TruncatedError} {MalformedError}
 * @see RFC 4120 §3.2.5; [MS-KILE] Three-Leg DCE-Style Mutual Authentication (3.4.5.1)
 */
export function acceptApReply(initiation: ApInitiation, reply: Uint8Array): ApAgreement {
  const { ticket } = initiation;
  const { enctype, cipher } = decodeApReply(reply);
  if (enctype !== ticket.sessionKey.enctype) throw mutualError(ticket, 'uses a key that nobody gave it');
  const type = encryptionTypeOf(enctype);
  const bytes = type.decrypt(ticket.sessionKey.value, keyUsages.apReplyPart, cipher);
  const part = openPart(bytes);
  try {
    return agree(initiation, part);
  } catch (error) {
    part.subkey?.value.fill(0);
    throw error;
  }
}

/** Wipes what it decodes: the key in the part is a copy. */
function openPart(bytes: Uint8Array): EncApRepPart {
  try {
    return decodeEncApRepPart(bytes);
  } finally {
    bytes.fill(0);
  }
}

function agree({ ticket, time, microseconds, subkey, sequenceNumber }: ApInitiation, part: EncApRepPart): ApAgreement {
  if (part.time !== time || part.microseconds !== microseconds) throw mutualError(ticket, 'is to another request');
  if (part.sequenceNumber === undefined) throw mutualError(ticket, 'has no sequence number');
  // The initiator confirms with the acceptor's number, under which alone the message differs from the acceptor's own.
  const confirmation = encodeEncApRepPart({ time, microseconds, sequenceNumber: part.sequenceNumber });
  return {
    context: {
      role: 'initiator',
      key: part.subkey ?? { enctype: subkey.enctype, value: copySecret(subkey.value) },
      acceptorSubkey: part.subkey !== undefined,
      sendSequence: sequenceNumber,
      receiveSequence: part.sequenceNumber,
    },
    thirdLeg: encodeApReply(encryptWith(ticket.sessionKey, keyUsages.apReplyPart, confirmation)),
  };
}

function encryptWith(key: KerberosKey, usage: number, plaintext: Uint8Array): EncryptedData {
  return { enctype: key.enctype, cipher: encryptionTypeOf(key.enctype).encrypt(key.value, usage, plaintext) };
}

function mutualError(ticket: ServiceTicket, problem: string): KerberosError {
  return new KerberosError({
    code: 'ERR_KRB5_REPLY',
    message: `the answer of ${formatPrincipal(ticket.server, ticket.serverRealm)} ${problem}`,
    nextStep:
      'Check that the name leads to the right host; when it does, look for a device that alters traffic on the way.',
  });
}
