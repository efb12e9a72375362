import { AUTH_TRAILER_BYTES, writeAuthTrailer, type AuthToken } from './auth-verifier.ts';
import { finishPdu, PFC_FIRST_FRAG, PFC_LAST_FRAG, PFC_SUPPORT_HEADER_SIGN, PTYPE, startPdu } from './header.ts';
import { writePresentationContexts, type ProposedContext } from './presentation-context.ts';

/** Largest fragment that this client offers to send and to receive: what Windows and Samba offer too. */
export const FRAGMENT_BYTES_OFFERED = 5840;

/** What a bind proposes. */
export interface BindRequest {
  readonly callId: number;
  readonly contexts: readonly ProposedContext[];
  /** A token of the sign-in; without any the connection is neither signed nor sealed. */
  readonly auth?: AuthToken | undefined;
}

/**
 * Largest token that a bind or alter_context PDU carries, in bytes, whatever the number of its contexts: these PDUs cannot be
 * cut into fragments, and their length is a 16-bit number. A token may well exceed the size of a fragment, which is agreed on by this
 * very exchange and concerns calls: tickets of users in many groups do so.
 */
export const TOKEN_BYTES_MAX = 0xffff - 28 - 255 * 44 - AUTH_TRAILER_BYTES;

/**
 * A bind PDU, the first of a connection.
 *
 * Layout after the header: largest fragment to send (2) ‖ to receive (2) ‖ association group (4, 0 for a new one) ‖
 * presentation contexts (4 + 44 each) [‖ authentication trailer (8) ‖ token].
 *
 * @see [C706] The bind PDU (12.6.4.3)
 */
export function encodeBind(bind: BindRequest): Uint8Array {
  return encode(PTYPE.bind, bind);
}

/**
 * An alter_context PDU: further presentation contexts, or a further token of a sign-in. Its layout is that of a bind.
 *
 * @see [C706] The alter_context PDU (12.6.4.1)
 */
export function encodeAlterContext(bind: BindRequest): Uint8Array {
  return encode(PTYPE.alterContext, bind);
}

function encode(type: number, { callId, contexts, auth }: BindRequest): Uint8Array {
  const signed = auth === undefined ? 0 : PFC_SUPPORT_HEADER_SIGN;
  const writer = startPdu(type, PFC_FIRST_FRAG | PFC_LAST_FRAG | signed, callId);
  writer.u16(FRAGMENT_BYTES_OFFERED).u16(FRAGMENT_BYTES_OFFERED).u32(0);
  writePresentationContexts(writer, contexts);
  if (auth === undefined) return finishPdu(writer);
  // The contexts end at a multiple of 4; the trailer needs no more before the first security context exists.
  writeAuthTrailer(writer, auth.trailer, 0).bytes(auth.token);
  return finishPdu(writer, auth.token.length);
}
