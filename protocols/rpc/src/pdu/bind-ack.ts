import { Reader } from '@ad-protocols/wire';
import { HEADER_BYTES } from './header.ts';
import { readPresentationResults, type PresentationResult } from './presentation-context.ts';

/** What the server answers to a bind that it accepts at least in part. */
export interface BindAck {
  /** max_recv_frag: largest fragment that the server takes. */
  readonly fragmentBytesMax: number;
  readonly results: readonly PresentationResult[];
}

/** Every server must take fragments of this size. @see [C706] MustRecvFragSize (12.6.3.1) */
const FRAGMENT_BYTES_MIN = 1432;

/**
 * The body of a bind_ack PDU; its token is in the authentication verifier.
 *
 * Layout after the header: largest fragment sent (2) ‖ received (2) ‖ association group (4) ‖ length of the secondary
 * address (2) ‖ secondary address ‖ padding to 4 ‖ results.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED: the server takes less than 1432 bytes.
 * @see [C706] The bind_ack PDU (12.6.4.4)
 */
export function decodeBindAck(pdu: Uint8Array): BindAck {
  const reader = new Reader(pdu, 'bind_ack');
  reader.seek(HEADER_BYTES + 2);
  const fragmentBytesMax = reader.u16();
  if (fragmentBytesMax < FRAGMENT_BYTES_MIN) throw reader.malformed(`fragments of at most ${fragmentBytesMax} bytes`);
  return { fragmentBytesMax, results: readResults(reader) };
}

/**
 * The answers in an alter_context_resp PDU. Its layout is that of a bind_ack; what it says about fragments changes nothing.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @see [C706] The alter_context_resp PDU (12.6.4.2)
 */
export function decodeAlterContextResponse(pdu: Uint8Array): readonly PresentationResult[] {
  const reader = new Reader(pdu, 'alter_context_resp');
  reader.seek(HEADER_BYTES + 4);
  return readResults(reader);
}

function readResults(reader: Reader): PresentationResult[] {
  reader.skip(4);
  reader.skip(reader.u16());
  reader.align(4);
  return readPresentationResults(reader);
}
