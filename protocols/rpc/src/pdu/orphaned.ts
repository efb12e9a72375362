import { finishPdu, PFC_FIRST_FRAG, PFC_LAST_FRAG, PTYPE, startPdu } from './header.ts';

/**
 * Tells the server that nobody waits for the answer to a call any more. It has no answer; what the server had sent by then
 * still arrives.
 *
 * @see [C706] The orphaned PDU (12.6.4.8)
 */
export function encodeOrphaned(callId: number): Uint8Array {
  return finishPdu(startPdu(PTYPE.orphaned, PFC_FIRST_FRAG | PFC_LAST_FRAG, callId));
}
