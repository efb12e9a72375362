import type { RpcConnectionOptions } from './connection-options.ts';
import { encodeEptMap, ENDPOINT_MAPPER_PORT, endpointMapperInterface, EPT_MAP, portOf } from './endpoint-mapper.ts';
import { RpcFaultError } from './errors.ts';

/** For the mapper's answer, unless a time-out for connecting is given. */
const MAPPER_TIMEOUT_MS = 10_000;

/** What of a connection it takes to ask the endpoint mapper. */
interface Mapper {
  call(opnum: number, stub: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Asks a host's endpoint mapper for the TCP port of the interface that a connection is wanted to.
 *
 * @param open opens a connection to the mapper.
 * @throws as `open`, and {RpcBindError} ERR_RPC_NOT_REGISTERED, ERR_RPC_ENDPOINT_MAPPER
 */
export async function lookUpPort(
  options: RpcConnectionOptions,
  open: (options: RpcConnectionOptions) => Promise<Mapper>,
): Promise<number> {
  if (options.endpointMapper === 'signed-in') return await ask(options, options.security, open);
  try {
    return await ask(options, 'anonymous', open);
  } catch (error) {
    // A policy may allow only callers that have signed in. @see [MS-RPCE] Restriction on Remote Anonymous Calls (3.1.1.5.4)
    const denied = error instanceof RpcFaultError && error.status === 5;
    if (!denied || options.security === 'anonymous') throw error;
    return await ask(options, options.security, open);
  }
}

async function ask(
  options: RpcConnectionOptions,
  security: RpcConnectionOptions['security'],
  open: (options: RpcConnectionOptions) => Promise<Mapper>,
): Promise<number> {
  const mapper = await open({
    ...options,
    port: ENDPOINT_MAPPER_PORT,
    interface: endpointMapperInterface,
    moreInterfaces: [],
    // The stubs of this package are in NDR alone.
    transferSyntaxes: ['ndr'],
    security,
    callTimeoutMs: options.connectTimeoutMs ?? MAPPER_TIMEOUT_MS,
  });
  try {
    const reply = await mapper.call(EPT_MAP, encodeEptMap(options.interface));
    return portOf(reply, `${options.host}:${ENDPOINT_MAPPER_PORT}`, options.interface);
  } finally {
    await mapper.close();
  }
}
