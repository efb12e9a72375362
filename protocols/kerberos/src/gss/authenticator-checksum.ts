import { Reader, Writer } from '@ad-protocols/wire';

/** The checksum type under which GSS-API puts its own content into an authenticator. @see RFC 4121 §4.1.1 */
export const GSS_CHECKSUM_TYPE = 0x8003;

/** What the initiator asks for. @see RFC 4121 §4.1.1.1; RFC 4757 §7.1 (DCE style) */
export const gssFlags = {
  mutual: 0x2,
  replayDetection: 0x4,
  sequenceDetection: 0x8,
  confidentiality: 0x10,
  integrity: 0x20,
  dceStyle: 0x1000,
} as const;

const CHANNEL_BINDINGS_BYTES = 16;

/**
 * The content of the checksum, 24 bytes, without channel bindings.
 *
 * Layout: length of the bindings (4) ‖ bindings (16, zero) ‖ flags (4), numbers little-endian.
 *
 * @see RFC 4121 §4.1.1
 */
export function encodeGssChecksum(flags: number): Uint8Array {
  return new Writer(24).u32(CHANNEL_BINDINGS_BYTES).fill(CHANNEL_BINDINGS_BYTES).u32(flags).finish();
}

/** The flags of the checksum's content. @throws {TruncatedError} {MalformedError} */
export function decodeGssChecksum(value: Uint8Array): number {
  const reader = new Reader(value, 'checksum of the authenticator');
  const length = reader.u32();
  if (length !== CHANNEL_BINDINGS_BYTES) throw reader.malformed(`channel bindings of ${length} bytes instead of 16`);
  reader.skip(length);
  return reader.u32();
}
