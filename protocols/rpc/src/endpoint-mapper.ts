import { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { nilGuid, parseGuid } from '@ad-protocols/wire';
import { RpcBindError, RpcProtocolError } from './errors.ts';
import type { SyntaxId } from './pdu/presentation-context.ts';
import { formatStatus } from './status.ts';
import { decodeTowerPort, encodeTower } from './tower.ts';

/** Where every endpoint mapper listens. */
export const ENDPOINT_MAPPER_PORT = 135;
/** The endpoint mapper's own interface. @see [C706] Endpoint Mapper Interface Definition (appendix O) */
export const endpointMapperInterface: SyntaxId = {
  uuid: parseGuid('e1af8308-5d1f-11c9-91a4-08002b14a0fa'),
  version: [3, 0],
};
/** Operation number of ept_map. */
export const EPT_MAP = 3;

/** `status`: nothing matches. @see [MS-RPCE] ept_map Method (2.2.1.2.5) */
const NOTHING_FOUND = new Set([0x16c9a0d6, 0x6d9]);
/** How many answers are wanted at most; the first one with a TCP port is taken. */
const TOWERS_MAX = 4;

/**
 * The stub that asks where an interface listens on TCP.
 *
 * Layout: object (pointer, nil GUID) ‖ tower (pointer; count (4) ‖ length (4) ‖ bytes) ‖ entry handle (20, zero) ‖
 * answers wanted (4).
 *
 * @see [MS-RPCE] ept_map Method (2.2.1.2.5)
 */
export function encodeEptMap(interfaceId: SyntaxId): Uint8Array {
  const tower = encodeTower(interfaceId);
  const writer = new NdrWriter().pointer(true).guid(nilGuid).pointer(true).maxCount(tower.length).u32(tower.length);
  return writer.bytes(tower).align(4).fill(20).u32(TOWERS_MAX).finish();
}

/** What the endpoint mapper answers. */
export interface EptMapReply {
  readonly status: number;
  /** The port of the first tower that is over TCP. */
  readonly port: number | undefined;
}

/**
 * The answer to {@link encodeEptMap}.
 *
 * Layout: entry handle (20) ‖ number of towers (4) ‖ array of pointers (maximum (4) ‖ offset (4) ‖ count (4) ‖ ids) ‖
 * towers (count (4) ‖ length (4) ‖ bytes, each aligned to 4) ‖ status (4).
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED: counts that cannot be true.
 * @see [MS-RPCE] ept_map Method (2.2.1.2.5)
 */
export function decodeEptMapReply(stub: Uint8Array): EptMapReply {
  const reader = new NdrReader(stub, 'ept_map reply');
  reader.skip(20);
  reader.u32();
  const count = reader.actualCount(reader.maxCount(0, TOWERS_MAX), 4);
  const present = Array.from({ length: count }, () => reader.pointer());
  let port: number | undefined;
  for (const isPresent of present) {
    if (!isPresent) continue;
    const length = reader.maxCount(1);
    reader.sameCount(reader.u32(), length);
    const tower = reader.bytes(length);
    port ??= decodeTowerPort(tower);
  }
  return { status: reader.u32(), port };
}

/**
 * The port that the answer to {@link encodeEptMap} names.
 *
 * @throws {RpcBindError} ERR_RPC_NOT_REGISTERED, ERR_RPC_ENDPOINT_MAPPER
 * @throws {RpcProtocolError} ERR_RPC_PROTOCOL
 */
export function portOf(stub: Uint8Array, peer: string, interfaceId: SyntaxId): number {
  const { status, port } = decodeReply(stub, peer);
  if (status === 0 && port !== undefined && port !== 0) return port;
  if (status === 0 || NOTHING_FOUND.has(status)) {
    throw new RpcBindError({
      code: 'ERR_RPC_NOT_REGISTERED',
      message: `the endpoint mapper at ${peer} knows no TCP port for interface ${interfaceId.uuid}`,
      nextStep: 'Check that the host is a domain controller and that its directory service is running.',
    });
  }
  throw new RpcBindError({
    code: 'ERR_RPC_ENDPOINT_MAPPER',
    message: `the endpoint mapper at ${peer} did not answer: ${formatStatus(status)}`,
    nextStep: 'Repeat after a pause, or configure the port of the interface so that the mapper is not asked.',
  });
}

function decodeReply(stub: Uint8Array, peer: string): EptMapReply {
  try {
    return decodeEptMapReply(stub);
  } catch (cause) {
    throw new RpcProtocolError({ peer, problem: cause instanceof Error ? cause.message : 'reason unknown', cause });
  }
}
