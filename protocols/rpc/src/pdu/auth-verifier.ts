import { Reader, type Writer } from '@ad-protocols/wire';
import { HEADER_BYTES, type PduHeader } from './header.ts';

/** Bytes of the trailer before its token. */
export const AUTH_TRAILER_BYTES = 8;
/** Everything is signed and goes in clear. @see [MS-RPCE] Authentication Levels (2.2.1.1.8) */
export const RPC_C_AUTHN_LEVEL_PKT_INTEGRITY = 5;
/** Everything is signed, bodies are sealed. @see [MS-RPCE] Authentication Levels (2.2.1.1.8) */
export const RPC_C_AUTHN_LEVEL_PKT_PRIVACY = 6;

/** Which security context a PDU belongs to, and how that protects it: the same in every PDU of a context. */
export interface AuthTrailer {
  /** auth_type: the security provider. @see [MS-RPCE] Security Providers (2.2.1.1.7) */
  readonly type: number;
  /** auth_level: {@link RPC_C_AUTHN_LEVEL_PKT_INTEGRITY} or {@link RPC_C_AUTHN_LEVEL_PKT_PRIVACY}. */
  readonly level: number;
  /** auth_context_id: unique on its connection. */
  readonly contextId: number;
}

/** A token of a sign-in with the trailer that precedes it. */
export interface AuthToken {
  readonly trailer: AuthTrailer;
  readonly token: Uint8Array;
}

/** The authentication verifier at the end of a PDU. */
export interface AuthVerifier extends AuthTrailer {
  /** Padding bytes between the body and the trailer. */
  readonly padLength: number;
  /** A view of the PDU. */
  readonly token: Uint8Array;
}

/**
 * Writes the trailer that precedes a token or a signature.
 *
 * Layout: type (1) ‖ level (1) ‖ pad length (1) ‖ reserved (1) ‖ context id (4).
 *
 * @see [MS-RPCE] sec_trailer Structure (2.2.2.11)
 */
export function writeAuthTrailer(writer: Writer, trailer: AuthTrailer, padLength: number): Writer {
  return writer.u8(trailer.type).u8(trailer.level).u8(padLength).u8(0).u32(trailer.contextId);
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
