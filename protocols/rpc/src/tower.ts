import { encodeGuid, Reader, Writer } from '@ad-protocols/wire';
import { transferSyntaxIdentifiers } from '@ad-protocols/ndr';
import { type SyntaxId } from './pdu/presentation-context.ts';

/** Protocol identifiers of floors. @see [C706] Protocol Identifiers (appendix I) */
const PROTOCOL_UUID = 0x0d;
const PROTOCOL_CONNECTION_ORIENTED = 0x0b;
const PROTOCOL_TCP = 0x07;
const PROTOCOL_IP = 0x09;
/** Floors of a tower for TCP. */
const FLOORS = 5;

/**
 * The tower that asks where an interface listens on TCP: its port and address are left 0.
 *
 * Layout: number of floors (2) ‖ floors: interface, transfer syntax, connection-oriented RPC, TCP port, IPv4 address. Each
 * is length (2) ‖ protocol and identifier ‖ length (2) ‖ related data.
 *
 * @see [C706] Protocol Tower Encoding (appendix L)
 */
export function encodeTower(interfaceId: SyntaxId): Uint8Array {
  const writer = new Writer().u16(FLOORS);
  for (const { uuid, version } of [interfaceId, transferSyntaxIdentifiers.ndr]) {
    writer.u16(19).u8(PROTOCOL_UUID).bytes(encodeGuid(uuid)).u16(version[0]).u16(2).u16(version[1]);
  }
  writer.u16(1).u8(PROTOCOL_CONNECTION_ORIENTED).u16(2).u16(0);
  writer.u16(1).u8(PROTOCOL_TCP).u16(2).u16(0);
  writer.u16(1).u8(PROTOCOL_IP).u16(4).u32(0);
  return writer.finish();
}

/**
 * The TCP port that a tower names; undefined for a tower over another transport.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 */
export function decodeTowerPort(tower: Uint8Array): number | undefined {
  const reader = new Reader(tower, 'protocol tower');
  const floors = reader.u16();
  for (let floor = 0; floor < floors; floor += 1) {
    const identifier = reader.bytes(reader.u16());
    const related = reader.bytes(reader.u16());
    // The port is the one big-endian number on the wire of this protocol.
    if (identifier[0] === PROTOCOL_TCP) return new Reader(related, 'TCP floor').u16be();
  }
  return undefined;
}
