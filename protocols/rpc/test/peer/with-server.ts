import { NtlmMechanism } from '@ad-protocols/ntlm';
import { parseGuid } from '@ad-protocols/wire';
import { RpcConnection, type RpcConnectionOptions } from '../../src/index.ts';
import { PASSWORD, RpcServer, type RpcAnswer, type RpcCall, type RpcServerOptions } from '@ad-protocols/testing';

/** What the test servers are asked for. */
export const interfaceId = { uuid: parseGuid('e3514235-4b06-11d1-ab04-00c04fc2dcd2'), version: [4, 0] as const };
/** With them the sign-in succeeds. */
export const security = new NtlmMechanism({ domain: 'CORP', user: 'sync', password: PASSWORD });
/** With them it does not. */
export const wrongPassword = new NtlmMechanism({ domain: 'CORP', user: 'sync', password: 'Wrong-Horse-1' });

/** Answers a call with its own stub. */
export function echo({ callId, stub, session }: RpcCall): RpcAnswer {
  return session.respond(callId, stub);
}

/** Opens connections to the server that is running. */
export type Open = (more?: Partial<RpcConnectionOptions>) => Promise<RpcConnection>;

/** Runs a server as long as `use` takes, and closes what was opened to it. */
export async function withServer(server: RpcServerOptions, use: (open: Open) => Promise<void>): Promise<void> {
  await using running = await RpcServer.start(server);
  const connections: RpcConnection[] = [];
  const open = async (more: Partial<RpcConnectionOptions> = {}): Promise<RpcConnection> => {
    const base = { host: '127.0.0.1', port: running.port, interface: interfaceId, security, connectTimeoutMs: 5000 };
    const connection = await RpcConnection.open({ ...base, ...more });
    connections.push(connection);
    return connection;
  };
  try {
    await use(open);
  } finally {
    for (const connection of connections) await connection.close();
  }
}
