import { writeAuthTrailer } from './auth-verifier.ts';
import { finishPdu, PFC_FIRST_FRAG, PFC_LAST_FRAG, PFC_SUPPORT_HEADER_SIGN, PTYPE, startPdu } from './header.ts';
import { writePresentationContexts, type SyntaxId } from './presentation-context.ts';

/** Largest fragment that this client offers to send and to receive: what Windows and Samba offer too. */
export const FRAGMENT_BYTES_OFFERED = 5840;

/** What a bind proposes. */
export interface BindRequest {
  readonly callId: number;
  readonly interfaceId: SyntaxId;
  /** The first token of the sign-in; without it the connection is neither signed nor sealed. */
  readonly token?: Uint8Array;
}

/**
 * A bind PDU for one interface in NDR.
 *
 * Layout after the header: largest fragment to send (2) ‖ to receive (2) ‖ association group (4, 0 for a new one) ‖
 * presentation contexts (48) [‖ authentication trailer (8) ‖ token].
 *
 * @see [C706] The bind PDU (12.6.4.3)
 */
export function encodeBind(bind: BindRequest): Uint8Array {
  const signed = bind.token === undefined ? 0 : PFC_SUPPORT_HEADER_SIGN;
  const writer = startPdu(PTYPE.bind, PFC_FIRST_FRAG | PFC_LAST_FRAG | signed, bind.callId);
  writer.u16(FRAGMENT_BYTES_OFFERED).u16(FRAGMENT_BYTES_OFFERED).u32(0);
  writePresentationContexts(writer, bind.interfaceId);
  if (bind.token === undefined) return finishPdu(writer);
  // The contexts end at a multiple of 4; the trailer needs no more before the first security context exists.
  writeAuthTrailer(writer, 0).bytes(bind.token);
  return finishPdu(writer, bind.token.length);
}
