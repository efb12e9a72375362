import { Reader } from '@ad-protocols/wire';
import { HEADER_BYTES } from './header.ts';

/**
 * The allocation hint of a response fragment: bytes of stub from here on, or 0 when the server does not say.
 *
 * Layout after the header: hint (4) ‖ context id (2) ‖ cancel count (1) ‖ reserved (1) ‖ stub.
 *
 * @param contextId the presentation context of the request.
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED: another presentation context.
 * @see [C706] The response PDU (12.6.4.10)
 */
export function decodeResponseHint(pdu: Uint8Array, contextId: number): number {
  const reader = new Reader(pdu, 'response');
  reader.seek(HEADER_BYTES);
  const hint = reader.u32();
  const answered = reader.u16();
  if (answered !== contextId) throw reader.malformed(`presentation context ${answered} instead of ${contextId}`);
  reader.skip(2);
  return hint;
}
