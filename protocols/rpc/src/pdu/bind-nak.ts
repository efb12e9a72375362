import { Reader } from '@ad-protocols/wire';
import { HEADER_BYTES } from './header.ts';

/** Why a whole bind was refused. @see [C706] p_reject_reason_t (12.6.3.1); [MS-RPCE] New Reasons for Bind Rejection (2.2.2.5) */
const reasons = new Map<number, string>([
  [0, 'reason not specified'],
  [1, 'temporary congestion'],
  [2, 'local limit exceeded'],
  [4, 'protocol version not supported'],
  [8, 'authentication type not recognized'],
  [9, 'invalid checksum'],
]);

/** `reason` of a server that gives none. */
export const NAK_NOT_SPECIFIED = 0;
/** `reason` of a server that does not know the kind of sign-in. */
export const NAK_AUTHENTICATION_TYPE = 8;
/** `reason` of a server whose security package failed. */
export const NAK_INVALID_CHECKSUM = 9;

/** A refused bind. Versions and extended error information that may follow the reason are not read. */
export interface BindNak {
  readonly reason: number;
  /** The reason in words. */
  readonly text: string;
}

/**
 * The body of a bind_nak PDU.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @see [MS-RPCE] bind_nak Packet (2.2.2.9)
 */
export function decodeBindNak(pdu: Uint8Array): BindNak {
  const reader = new Reader(pdu, 'bind_nak');
  reader.seek(HEADER_BYTES);
  const reason = reader.u16();
  return { reason, text: reasons.get(reason) ?? `reason ${reason}` };
}
