import { Reader } from '@ad-protocols/wire';
import { HEADER_BYTES } from './header.ts';

/**
 * The status of a fault PDU.
 *
 * Layout after the header: hint (4) ‖ context id (2) ‖ cancel count (1) ‖ flags (1) ‖ status (4) ‖ reserved (4). Extended
 * error information that may follow is not read.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @see [C706] The fault PDU (12.6.4.7); [MS-RPCE] rpc_fault Packet (2.2.2.8)
 */
export function decodeFaultStatus(pdu: Uint8Array): number {
  const reader = new Reader(pdu, 'fault');
  reader.seek(HEADER_BYTES + 8);
  return reader.u32();
}
