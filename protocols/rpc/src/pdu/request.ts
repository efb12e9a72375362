import { AUTH_TRAILER_BYTES, writeAuthTrailer, type AuthTrailer } from './auth-verifier.ts';
import { finishPdu, PFC_FIRST_FRAG, PFC_LAST_FRAG, PTYPE, startPdu } from './header.ts';

/** Header and fixed fields before the stub, of a request as of a response. */
export const CALL_HEADER_BYTES = 24;
/** A trailer begins at a multiple of this from the start of the body. @see [MS-RPCE] sec_trailer Structure (2.2.2.11) */
const TRAILER_ALIGNMENT = 16;
/** A verification trailer begins at a multiple of this. @see [MS-RPCE] Verification Trailer (2.2.2.13) */
const VERIFICATION_ALIGNMENT = 4;

/** One request, before it is cut into fragments. */
export interface CallRequest {
  readonly callId: number;
  /** Presentation context. */
  readonly contextId: number;
  readonly opnum: number;
  readonly stub: Uint8Array;
  /** Goes behind the stub, whole in the last fragment. */
  readonly verificationTrailer?: Uint8Array | undefined;
}

/** How fragments are made on one connection. */
export interface FragmentFormat {
  /** max_xmit_frag: bytes of a fragment at most. */
  readonly fragmentBytesMax: number;
  /** The trailer of the security context, and how many bytes its signature takes; without it fragments have none. */
  readonly auth?: { readonly trailer: AuthTrailer; readonly signatureBytes: number } | undefined;
}

/**
 * The fragments of one request, in order, not yet sealed. With a security context each ends in a trailer and zeros in place of
 * the signature.
 *
 * Layout after the header: bytes of stub from here on (4) ‖ context id (2) ‖ operation number (2) ‖ stub [‖ padding to 4 ‖
 * verification trailer] [‖ padding to 16 ‖ authentication trailer (8) ‖ signature].
 *
 * @see [C706] The request PDU (12.6.4.9)
 */
export function* encodeRequest(request: CallRequest, format: FragmentFormat): Generator<Uint8Array> {
  const { body, atomicBytes } = bodyOf(request);
  const { fragmentBytesMax, auth } = format;
  const room = fragmentBytesMax - CALL_HEADER_BYTES - (auth ? AUTH_TRAILER_BYTES + auth.signatureBytes : 0);
  const partBytesMax = room - (room % TRAILER_ALIGNMENT);
  let offset = 0;
  do {
    const part = body.subarray(offset, partEnd(offset, { end: body.length, atomicBytes, partBytesMax }));
    const first = offset === 0 ? PFC_FIRST_FRAG : 0;
    const last = offset + part.length === body.length ? PFC_LAST_FRAG : 0;
    const writer = startPdu(PTYPE.request, first | last, request.callId);
    writer
      .u32(body.length - offset)
      .u16(request.contextId)
      .u16(request.opnum)
      .bytes(part);
    if (auth) {
      const padLength = -part.length & (TRAILER_ALIGNMENT - 1);
      writeAuthTrailer(writer.fill(padLength), auth.trailer, padLength).fill(auth.signatureBytes);
    }
    yield finishPdu(writer, auth?.signatureBytes);
    offset += part.length;
  } while (offset < body.length);
}

/** Stub and verification trailer in one, and how many bytes at the end must stay together. */
function bodyOf({ stub, verificationTrailer }: CallRequest): { body: Uint8Array; atomicBytes: number } {
  if (verificationTrailer === undefined) return { body: stub, atomicBytes: 0 };
  const trailerStart = stub.length + (-stub.length & (VERIFICATION_ALIGNMENT - 1));
  const body = new Uint8Array(trailerStart + verificationTrailer.length);
  body.set(stub);
  body.set(verificationTrailer, trailerStart);
  return { body, atomicBytes: verificationTrailer.length };
}

/** Where the part that begins at `offset` ends: all that fits, but not within the bytes that must stay together. */
function partEnd(offset: number, body: { end: number; atomicBytes: number; partBytesMax: number }): number {
  const end = Math.min(offset + body.partBytesMax, body.end);
  const atomicStart = body.end - body.atomicBytes;
  if (end === body.end || end <= atomicStart) return end;
  const length = atomicStart - offset;
  return offset + (length - (length % TRAILER_ALIGNMENT));
}
