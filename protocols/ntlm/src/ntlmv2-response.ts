import { hmacMd5, md4 } from '@ad-protocols/crypto';
import { encodeUtf16, Writer, type Filetime } from '@ad-protocols/wire';

/** Who signs in. A user principal name goes into `user`, with an empty `domain`. */
export interface NtlmCredentials {
  /** NetBIOS or DNS name of the domain. */
  readonly domain: string;
  readonly user: string;
  readonly password: string;
}

/** What the client proves its knowledge of the password with, and what follows from it. */
export interface Ntlmv2Response {
  /** Proof (16) ‖ what it covers. */
  readonly ntResponse: Uint8Array;
  /** 16 bytes. */
  readonly sessionBaseKey: Uint8Array;
}

/** Upper case as Windows makes it: one code unit for one, so that `ß` stays `ß`. */
function upperCase(text: string): string {
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charAt(index);
    const upper = unit.toUpperCase();
    result += upper.length === 1 ? upper : unit;
  }
  return result;
}

/**
 * The key that a user's password gives for NTLMv2, 16 bytes. The caller wipes it.
 *
 * @see [MS-NLMP] NTLM v2 Authentication (3.3.2), NTOWFv2
 */
export function ntowfv2(credentials: NtlmCredentials): Uint8Array {
  const password = encodeUtf16(credentials.password);
  const ntHash = md4(password);
  const key = hmacMd5(ntHash, encodeUtf16(upperCase(credentials.user) + credentials.domain));
  password.fill(0);
  ntHash.fill(0);
  return key;
}

/**
 * The response to a challenge, and the session base key that follows from it; the caller wipes the key.
 *
 * `targetInfo` is the encoded list of attributes, its end included. The NT response is HMAC-MD5 (16) ‖ 1 ‖ 1 ‖ zeros (6) ‖
 * time (8) ‖ client challenge (8) ‖ zeros (4) ‖ target information ‖ zeros (4).
 *
 * @see [MS-NLMP] NTLM v2 Authentication (3.3.2), ComputeResponse
 */
export function computeNtlmv2Response(
  key: Uint8Array,
  input: { serverChallenge: Uint8Array; clientChallenge: Uint8Array; time: Filetime; targetInfo: Uint8Array },
): Ntlmv2Response {
  const { serverChallenge, clientChallenge } = input;
  const covered = new Writer().u8(1).u8(1).fill(6).u64(input.time).bytes(clientChallenge).fill(4);
  const temp = covered.bytes(input.targetInfo).fill(4).finish();
  const proof = hmacMd5(key, serverChallenge, temp);
  return {
    ntResponse: new Writer().bytes(proof).bytes(temp).finish(),
    sessionBaseKey: hmacMd5(key, proof),
  };
}
