import { Reader, Writer } from '@ad-protocols/wire';

/** Bytes of the common header. */
export const HEADER_BYTES = 16;

/** Kinds of PDU that this client sends or understands. @see [C706] Common Fields (12.6.3.1); [MS-RPCE] rpc_auth_3 PDU (2.2.2.10) */
export const PTYPE = {
  request: 0,
  response: 2,
  fault: 3,
  bind: 11,
  bindAck: 12,
  bindNak: 13,
  alterContext: 14,
  alterContextResponse: 15,
  auth3: 16,
  orphaned: 19,
} as const;

/** packed_drep of every PDU of this client: little-endian, ASCII, IEEE. @see [C706] Data Representation Format Label (14.1) */
export const DATA_REPRESENTATION = 0x10;

/** First fragment of a message. */
export const PFC_FIRST_FRAG = 0x01;
/** Last fragment of a message. */
export const PFC_LAST_FRAG = 0x02;
/** In bind and bind_ack: header and trailer are signed too. @see [MS-RPCE] PFC_SUPPORT_HEADER_SIGN Flag (2.2.2.3) */
export const PFC_SUPPORT_HEADER_SIGN = 0x04;

/** What every PDU begins with, in our words. */
export interface PduHeader {
  /** PTYPE: one of {@link PTYPE}, or a number that this client does not know. */
  readonly type: number;
  /** pfc_flags. */
  readonly flags: number;
  /** frag_length: bytes of the whole fragment, this header included. */
  readonly fragmentLength: number;
  /** auth_length: bytes of the authentication token at the very end; 0 when there is no trailer either. */
  readonly authLength: number;
  readonly callId: number;
}

/**
 * Writes the 16 bytes that every PDU begins with; lengths are left 0 for {@link finishPdu}.
 *
 * Layout: version 5 (1) ‖ minor version 0 (1) ‖ type (1) ‖ flags (1) ‖ data representation (4: little-endian, ASCII, IEEE)
 * ‖ fragment length (2) ‖ auth length (2) ‖ call id (4).
 *
 * @see [C706] Connection-oriented PDU Data Types, common fields (12.6.3)
 */
export function startPdu(type: number, flags: number, callId: number): Writer {
  return new Writer().u8(5).u8(0).u8(type).u8(flags).u32(DATA_REPRESENTATION).u16(0).u16(0).u32(callId);
}

/** Fills in the lengths and gives the PDU's bytes. `authLength` is the length of the token at the end. */
export function finishPdu(writer: Writer, authLength = 0): Uint8Array {
  return writer.patchU16(8, writer.length).patchU16(10, authLength).finish();
}

/**
 * The common header at the start of `bytes`; what follows it need not be there yet.
 *
 * Refuses big-endian senders: no domain controller is one.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED: fewer than 16 bytes.
 * @throws {MalformedError} ERR_WIRE_MALFORMED: another version or data representation, or lengths that contradict each other.
 */
export function decodeHeader(bytes: Uint8Array): PduHeader {
  const reader = new Reader(bytes, 'RPC header');
  const version = reader.u8();
  if (version !== 5) throw reader.malformed(`version ${version} instead of 5`);
  reader.skip(1);
  const type = reader.u8();
  const flags = reader.u8();
  const representation = reader.u32();
  if ((representation & 0xffff) !== DATA_REPRESENTATION) throw reader.malformed('not little-endian, ASCII and IEEE');
  const fragmentLength = reader.u16();
  const authLength = reader.u16();
  const callId = reader.u32();
  const trailer = authLength === 0 ? 0 : 8 + authLength;
  if (fragmentLength < HEADER_BYTES + trailer) throw reader.malformed(`fragment length ${fragmentLength} is too short`);
  return { type, flags, fragmentLength, authLength, callId };
}
