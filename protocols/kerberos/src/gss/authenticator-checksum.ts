import { hashChannelBindings } from '@ad-protocols/gss';
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
 * The content of the checksum, 24 bytes.
 *
 * Layout: length of the hash (4) ‖ hash of the channel bindings (16, zeros for none) ‖ flags (4), numbers little-endian.
 *
 * @param channelBindings Application data, as in `SecurityTarget`.
 * @see RFC 4121 §4.1.1
 */
export function encodeGssChecksum(flags: number, channelBindings?: Uint8Array): Uint8Array {
  const hash = channelBindings ? hashChannelBindings(channelBindings) : new Uint8Array(CHANNEL_BINDINGS_BYTES);
  return new Writer(24).u32(CHANNEL_BINDINGS_BYTES).bytes(hash).u32(flags).finish();
}

/** The flags of the checksum's content. @throws {TruncatedError} {MalformedError} */
export function decodeGssChecksum(value: Uint8Array): number {
  const reader = new Reader(value, 'checksum of the authenticator');
  const length = reader.u32();
  if (length !== CHANNEL_BINDINGS_BYTES) throw reader.malformed(`channel bindings of ${length} bytes instead of 16`);
  reader.skip(length);
  return reader.u32();
}
