import { Reader } from '@ad-protocols/wire';
import { HEADER_BYTES } from './header.ts';
import { PRESENTATION_CONTEXT_ID } from './presentation-context.ts';

/**
 * The allocation hint of a response fragment: bytes of stub from here on, or 0 when the server does not say.
 *
 * Layout after the header: hint (4) ‖ context id (2) ‖ cancel count (1) ‖ reserved (1) ‖ stub.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED: a context that was never proposed.
 * @see [C706] The response PDU (12.6.4.10)
 */
export function decodeResponseHint(pdu: Uint8Array): number {
  const reader = new Reader(pdu, 'response');
  reader.seek(HEADER_BYTES);
  const hint = reader.u32();
  const contextId = reader.u16();
  if (contextId !== PRESENTATION_CONTEXT_ID) throw reader.malformed(`presentation context ${contextId}`);
  reader.skip(2);
  return hint;
}
