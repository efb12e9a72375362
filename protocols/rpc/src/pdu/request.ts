import { AUTH_TRAILER_BYTES, writeAuthTrailer } from './auth-verifier.ts';
import { finishPdu, PFC_FIRST_FRAG, PFC_LAST_FRAG, PTYPE, startPdu } from './header.ts';
import { PRESENTATION_CONTEXT_ID } from './presentation-context.ts';

/** Header and fixed fields before the stub, of a request as of a response. */
export const CALL_HEADER_BYTES = 24;
/** A trailer begins at a multiple of this from the start of the body. @see [MS-RPCE] sec_trailer Structure (2.2.2.11) */
const TRAILER_ALIGNMENT = 16;

/** One request, before it is cut into fragments. */
export interface CallRequest {
  readonly callId: number;
  readonly opnum: number;
  readonly stub: Uint8Array;
}

/** How fragments are made on one connection. */
export interface FragmentFormat {
  /** max_xmit_frag: bytes of a fragment at most. */
  readonly fragmentBytesMax: number;
  /** Bytes of the signature that the security context appends; 0 without one. */
  readonly signatureBytes: number;
}

/**
 * The fragments of one request, in order, not yet sealed. With a signature each ends in a trailer and zeros in its place.
 *
 * Layout after the header: bytes of stub from here on (4) ‖ context id (2) ‖ operation number (2) ‖ stub
 * [‖ padding to 16 ‖ authentication trailer (8) ‖ signature].
 *
 * @see [C706] The request PDU (12.6.4.9)
 */
export function* encodeRequest(request: CallRequest, format: FragmentFormat): Generator<Uint8Array> {
  const { stub } = request;
  const trailerBytes = format.signatureBytes === 0 ? 0 : AUTH_TRAILER_BYTES + format.signatureBytes;
  const room = format.fragmentBytesMax - CALL_HEADER_BYTES - trailerBytes;
  const stubBytesMax = room - (room % TRAILER_ALIGNMENT);
  let offset = 0;
  do {
    const part = stub.subarray(offset, offset + stubBytesMax);
    const first = offset === 0 ? PFC_FIRST_FRAG : 0;
    const last = offset + part.length === stub.length ? PFC_LAST_FRAG : 0;
    const writer = startPdu(PTYPE.request, first | last, request.callId);
    writer
      .u32(stub.length - offset)
      .u16(PRESENTATION_CONTEXT_ID)
      .u16(request.opnum)
      .bytes(part);
    if (format.signatureBytes > 0) {
      const padLength = -part.length & (TRAILER_ALIGNMENT - 1);
      writeAuthTrailer(writer.fill(padLength), padLength).fill(format.signatureBytes);
    }
    yield finishPdu(writer, format.signatureBytes);
    offset += part.length;
  } while (offset < stub.length);
}
