import { hmacMd5, Rc4 } from '@ad-protocols/crypto';
import { hashChannelBindings } from '@ad-protocols/gss';
import { encodeUtf16, Reader, Writer, type Filetime } from '@ad-protocols/wire';
import { NtlmError } from './errors.ts';
import { encodeAuthenticateMessage, MIC_OFFSET } from './authenticate-message.ts';
import * as av from './av-pairs.ts';
import { decodeChallengeMessage, type ChallengeMessage } from './challenge-message.ts';
import { flagsNeeded, flagsOffered } from './flags.ts';
import { computeNtlmv2Response, ntowfv2, type NtlmCredentials, type Ntlmv2Response } from './ntlmv2-response.ts';

/** `MsvAvFlags`: the third message carries a message integrity code. */
const AV_FLAG_MIC = 0x2;

const LM_RESPONSE_BYTES = 24;

/** What a sign-in takes from outside, so that it can be repeated exactly. */
export interface NtlmSurroundings {
  /** Name of this machine, as it appears in the domain controller's log. */
  readonly workstation: string;
  /** Service principal name of the server, `ldap/dc1.corp.example`, so that no other service can use the answer. Empty by default. */
  readonly targetName?: string;
  /** As in `SecurityTarget` of the package gss. None by default. */
  readonly channelBindings?: Uint8Array | undefined;
  /** Used only when the server does not tell its time. */
  readonly now: Filetime;
  /** 8 fresh random bytes. */
  readonly clientChallenge: Uint8Array;
  /** 16 fresh random bytes: the session key. */
  readonly exportedSessionKey: Uint8Array;
}

/**
 * The third message of a sign-in, from the first two as they went over the wire.
 *
 * Refuses NTLMv1, and servers that do not offer what packet privacy needs. The message always carries an integrity code and never
 * an LM response, also where the server does not tell its time: the specification leaves both open then, and somebody on the
 * way could take the time out of the challenge to be free to alter the rest.
 *
 * @throws {NtlmError} ERR_NTLM_TOO_WEAK
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED, {MalformedError} ERR_WIRE_MALFORMED: not a challenge.
 * @see [MS-NLMP] Client Receives a CHALLENGE_MESSAGE from the Server (3.1.5.1.2)
 */
export function answerChallenge(
  messages: { readonly negotiate: Uint8Array; readonly challenge: Uint8Array },
  credentials: NtlmCredentials,
  surroundings: NtlmSurroundings,
): Uint8Array {
  const challenge = decodeChallengeMessage(messages.challenge);
  checkStrength(challenge);
  const response = respond(challenge, credentials, surroundings);
  const message = encodeAuthenticateMessage({
    flags: challenge.flags & flagsOffered,
    domain: credentials.domain,
    user: credentials.user,
    workstation: surroundings.workstation,
    lmResponse: new Uint8Array(LM_RESPONSE_BYTES),
    ntResponse: response.ntResponse,
    encryptedSessionKey: encryptSessionKey(response.sessionBaseKey, surroundings.exportedSessionKey),
    version: new Uint8Array(8),
  });
  response.sessionBaseKey.fill(0);
  message.set(hmacMd5(surroundings.exportedSessionKey, messages.negotiate, messages.challenge, message), MIC_OFFSET);
  return message;
}

function respond(
  challenge: ChallengeMessage,
  credentials: NtlmCredentials,
  surroundings: NtlmSurroundings,
): Ntlmv2Response {
  const { serverChallenge, targetInfo } = challenge;
  const timestamp = av.avValue(targetInfo, av.MSV_AV_TIMESTAMP);
  const key = ntowfv2(credentials);
  const response = computeNtlmv2Response(key, {
    serverChallenge,
    clientChallenge: surroundings.clientChallenge,
    time: timestamp ? new Reader(timestamp, 'MsvAvTimestamp').u64() : surroundings.now,
    targetInfo: av.encodeAvPairs(clientTargetInfo(targetInfo, surroundings)),
  });
  key.fill(0);
  return response;
}

function encryptSessionKey(keyExchangeKey: Uint8Array, exportedSessionKey: Uint8Array): Uint8Array {
  const cipher = new Rc4(keyExchangeKey);
  const encrypted = cipher.apply(exportedSessionKey);
  cipher.wipe();
  return encrypted;
}

function checkStrength(challenge: ChallengeMessage): void {
  const { flags, targetInfo } = challenge;
  const named =
    av.avValue(targetInfo, av.MSV_AV_NB_COMPUTER_NAME) !== undefined &&
    av.avValue(targetInfo, av.MSV_AV_NB_DOMAIN_NAME) !== undefined;
  if ((flags & flagsNeeded) === flagsNeeded && named) return;
  throw new NtlmError({
    code: 'ERR_NTLM_TOO_WEAK',
    message: 'the server does not offer NTLMv2 with 128-bit sealing and key exchange, which reading secrets needs',
    nextStep:
      'Check that the host is a domain controller and that its policy allows NTLMv2 session security with 128 bits.',
  });
}

/**
 * The server's attributes, and the client's own: integrity code announced, the hash of the channel bindings, zeros for none, and
 * the server's name as the client knows it.
 */
function clientTargetInfo(targetInfo: readonly av.AvPair[], surroundings: NtlmSurroundings): av.AvPair[] {
  const { targetName = '', channelBindings } = surroundings;
  const own = new Set([av.MSV_AV_FLAGS, av.MSV_AV_CHANNEL_BINDINGS, av.MSV_AV_TARGET_NAME]);
  const serverFlags = av.avValue(targetInfo, av.MSV_AV_FLAGS);
  const flags = serverFlags === undefined ? 0 : new Reader(serverFlags, 'MsvAvFlags').u32();
  return [
    ...targetInfo.filter((pair) => !own.has(pair.id)),
    { id: av.MSV_AV_FLAGS, value: new Writer(4).u32(flags | AV_FLAG_MIC).finish() },
    {
      id: av.MSV_AV_CHANNEL_BINDINGS,
      value: channelBindings ? hashChannelBindings(channelBindings) : new Uint8Array(16),
    },
    { id: av.MSV_AV_TARGET_NAME, value: encodeUtf16(targetName) },
  ];
}
