import { Reader, type Writer } from '@ad-protocols/wire';
import { HEADER_BYTES, type PduHeader } from './header.ts';

/** Bytes of the trailer before its token. */
export const AUTH_TRAILER_BYTES = 8;
/** @see [MS-RPCE] Security Providers (2.2.1.1.7) */
export const RPC_C_AUTHN_WINNT = 10;
/** Everything is signed, bodies are sealed. @see [MS-RPCE] Authentication Levels (2.2.1.1.8) */
export const RPC_C_AUTHN_LEVEL_PKT_PRIVACY = 6;
/** The one security context of a connection. */
export const AUTH_CONTEXT_ID = 1;

/** The authentication verifier at the end of a PDU. */
export interface AuthVerifier {
  readonly type: number;
  readonly level: number;
  /** Padding bytes between the body and the trailer. */
  readonly padLength: number;
  readonly contextId: number;
  /** A view of the PDU. */
  readonly token: Uint8Array;
}

/**
 * Writes the trailer that precedes a token, for NTLM with packet privacy.
 *
 * Layout: type (1) ‖ level (1) ‖ pad length (1) ‖ reserved (1) ‖ context id (4).
 *
 * @see [MS-RPCE] sec_trailer Structure (2.2.2.11)
 */
export function writeAuthTrailer(writer: Writer, padLength: number): Writer {
  return writer.u8(RPC_C_AUTHN_WINNT).u8(RPC_C_AUTHN_LEVEL_PKT_PRIVACY).u8(padLength).u8(0).u32(AUTH_CONTEXT_ID);
}

/**
 * The verifier of a whole PDU; undefined when it has none.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED: the PDU ends before its lengths say.
 * @throws {MalformedError} ERR_WIRE_MALFORMED: more padding than there is body.
 * @see [MS-RPCE] sec_trailer Structure (2.2.2.11)
 */
export function decodeAuthVerifier(header: PduHeader, pdu: Uint8Array): AuthVerifier | undefined {
  if (header.authLength === 0) return undefined;
  const reader = new Reader(pdu, 'RPC authentication verifier');
  const start = header.fragmentLength - header.authLength - AUTH_TRAILER_BYTES;
  reader.seek(start);
  const type = reader.u8();
  const level = reader.u8();
  const padLength = reader.u8();
  reader.skip(1);
  const contextId = reader.u32();
  if (padLength > start - HEADER_BYTES) throw reader.malformed(`${padLength} bytes of padding in a shorter body`);
  return { type, level, padLength, contextId, token: reader.bytes(header.authLength) };
}
