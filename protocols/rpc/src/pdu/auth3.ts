import { writeAuthTrailer, type AuthToken } from './auth-verifier.ts';
import { finishPdu, PFC_FIRST_FRAG, PFC_LAST_FRAG, PTYPE, startPdu } from './header.ts';

/**
 * The PDU that carries the last token of a sign-in with an odd number of steps. The server never answers it.
 *
 * Layout after the header: padding (4) ‖ authentication trailer (8) ‖ token.
 *
 * @see [MS-RPCE] rpc_auth_3 PDU (2.2.2.10)
 */
export function encodeAuth3(callId: number, { trailer, token }: AuthToken): Uint8Array {
  const writer = startPdu(PTYPE.auth3, PFC_FIRST_FRAG | PFC_LAST_FRAG, callId).u32(0);
  writeAuthTrailer(writer, trailer, 0).bytes(token);
  return finishPdu(writer, token.length);
}
