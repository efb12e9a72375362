import { Reader } from '@ad-protocols/wire';
import { decodeAvPairs, type AvPair } from './av-pairs.ts';
import { NTLMSSP_NEGOTIATE_TARGET_INFO } from './flags.ts';
import { ntlmSignature } from './negotiate-message.ts';

/** Bytes of target information at most: real ones have a few hundred, and the answer with all of it must fit a 16-bit length. */
const TARGET_INFO_BYTES_MAX = 0x8000;

/** What the server says about itself, and the nonce that the client's answer must cover. */
export interface ChallengeMessage {
  readonly flags: number;
  /** 8 bytes. */
  readonly serverChallenge: Uint8Array;
  readonly targetInfo: readonly AvPair[];
}

/**
 * The second message of a sign-in. Byte fields are views of the input.
 *
 * Layout: signature (8) ‖ type 2 (4) ‖ target name (8) ‖ flags (4) ‖ server challenge (8) ‖ reserved (8) ‖ target
 * information (8) [‖ version (8)] ‖ payload. The 8-byte fields are length (2) ‖ maximum (2) ‖ offset from the start (4).
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED: not an NTLM challenge, or an absurd one.
 * @see [MS-NLMP] CHALLENGE_MESSAGE (2.2.1.2)
 */
export function decodeChallengeMessage(bytes: Uint8Array): ChallengeMessage {
  const reader = new Reader(bytes, 'CHALLENGE_MESSAGE');
  const signature = reader.bytes(8);
  if (!ntlmSignature.every((value, index) => value === signature[index])) throw reader.malformed('not an NTLM message');
  const type = reader.u32();
  if (type !== 2) throw reader.malformed(`message type ${type} instead of 2`);
  reader.skip(8);
  const flags = reader.u32();
  const serverChallenge = reader.bytes(8);
  reader.skip(8);
  const length = reader.u16();
  reader.skip(2);
  const offset = reader.u32();
  if ((flags & NTLMSSP_NEGOTIATE_TARGET_INFO) === 0) return { flags, serverChallenge, targetInfo: [] };
  if (length > TARGET_INFO_BYTES_MAX) throw reader.malformed(`${length} bytes of target information`);
  reader.seek(offset);
  return { flags, serverChallenge, targetInfo: decodeAvPairs(reader.bytes(length)) };
}
