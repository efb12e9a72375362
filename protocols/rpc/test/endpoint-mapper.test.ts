import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { NdrWriter } from '@ad-protocols/ndr';
import { portOf } from '../src/endpoint-mapper.ts';
import { RpcConnection } from '../src/index.ts';
import { encodeTower } from '../src/tower.ts';
import { RpcServer, type RpcAnswer, type RpcCall, type RpcServerOptions } from '@ad-protocols/testing';
import { echo, interfaceId, security, wrongPassword } from './peer/with-server.ts';

/** An address of this machine's own network that only these tests use, because the mapper's port is fixed. */
const host = '127.0.135.1';

/** The mapper's reply with one tower for each port, and a status. */
function mapperReply(ports: readonly number[], status = 0): Uint8Array {
  const writer = new NdrWriter().fill(20).u32(ports.length).maxCount(4).actualCount(ports.length);
  for (const _ of ports) writer.pointer(true);
  for (const port of ports) {
    const tower = encodeTower(interfaceId);
    new DataView(tower.buffer).setUint16(tower.length - 11, port, false);
    writer.maxCount(tower.length).u32(tower.length).bytes(tower);
  }
  return writer.align(4).u32(status).finish();
}

/** Runs a mapper on port 135, which takes the right to listen there. */
async function startMapper(context: TestContext, options: RpcServerOptions): Promise<RpcServer | undefined> {
  try {
    return await RpcServer.start({ ...options, host, port: 135 });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EACCES') throw error;
    context.skip('listening on port 135 takes root');
    return undefined;
  }
}

test('without a port the endpoint mapper is asked for it, anonymously', async (context) => {
  await using service = await RpcServer.start({ onCall: echo, host });
  const calls: RpcCall[] = [];
  await using mapper = await startMapper(context, {
    onCall: (call) => {
      calls.push(call);
      return call.session.respond(call.callId, mapperReply([service.port]));
    },
  });
  if (!mapper) return;
  const connection = await RpcConnection.open({ host, interface: interfaceId, security });
  assert.deepEqual(await connection.call(1, Uint8Array.of(1, 2, 3, 4)), Uint8Array.of(1, 2, 3, 4));
  await connection.close();
  assert.deepEqual(
    calls.map(({ opnum, session }) => [opnum, session.sessionKey]),
    [[3, undefined]],
  );
});

test('the endpoint mapper is asked signed in at once where that is wanted', async (context) => {
  await using service = await RpcServer.start({ onCall: echo, host });
  const keys: (Buffer | undefined)[] = [];
  await using mapper = await startMapper(context, {
    onCall: ({ callId, session }) => {
      keys.push(session.sessionKey);
      return session.respond(callId, mapperReply([service.port]));
    },
  });
  if (!mapper) return;
  const options = { host, interface: interfaceId, endpointMapper: 'signed-in', protectionLevel: 'integrity' } as const;
  const connection = await RpcConnection.open({ ...options, security });
  await connection.close();
  assert.equal(mapper.connections, 1);
  assert.equal(keys[0]?.length, 16);
});

test('an endpoint mapper that denies anonymous callers is asked again, signed in', async (context) => {
  await using service = await RpcServer.start({ onCall: echo, host });
  const onCall = ({ callId, session }: RpcCall): RpcAnswer =>
    session.sessionKey ? session.respond(callId, mapperReply([service.port])) : [session.fault(callId, 5)];
  await using mapper = await startMapper(context, { onCall });
  if (!mapper) return;
  const connection = await RpcConnection.open({ host, interface: interfaceId, security });
  await connection.close();
  assert.equal(mapper.connections, 2);
  await assert.rejects(RpcConnection.open({ host, interface: interfaceId, security: 'anonymous' }), {
    code: 'ERR_RPC_FAULT',
    statusName: 'ERROR_ACCESS_DENIED',
  });
  await assert.rejects(RpcConnection.open({ host, interface: interfaceId, security: wrongPassword }), {
    code: 'ERR_RPC_LOGON_REFUSED',
  });
});

function portFrom(port: number, status: number): number {
  return portOf(mapperReply([port], status), 'dc:135', interfaceId);
}

test('an endpoint mapper that fails, or names no port, says so', () => {
  assert.equal(portFrom(49153, 0), 49153);
  assert.throws(() => portFrom(49153, 0x6d8), { code: 'ERR_RPC_ENDPOINT_MAPPER', message: /EPT_S_CANT_PERFORM_OP/ });
  assert.throws(() => portFrom(49153, 0x16c9a0d6), { code: 'ERR_RPC_NOT_REGISTERED' });
  assert.throws(() => portFrom(0, 0), { code: 'ERR_RPC_NOT_REGISTERED' });
});

test('of several ports the first one is taken', () => {
  const ports = [0xc204, 0xc20c, 0xc20f, 0xc210];
  for (let count = 1; count <= ports.length; count += 1) {
    assert.equal(portOf(mapperReply(ports.slice(0, count)), 'dc:135', interfaceId), 0xc204);
    assert.throws(() => portOf(mapperReply(ports.slice(0, count), 5), 'dc:135', interfaceId), {
      code: 'ERR_RPC_ENDPOINT_MAPPER',
      message: /ERROR_ACCESS_DENIED/,
    });
  }
});

test('an endpoint mapper that answers nonsense gives ERR_RPC_PROTOCOL', async (context) => {
  await using mapper = await startMapper(context, {
    onCall: ({ callId, session }) => session.respond(callId, new Uint8Array(30).fill(0xff)),
  });
  if (!mapper) return;
  await assert.rejects(RpcConnection.open({ host, interface: interfaceId, security }), { code: 'ERR_RPC_PROTOCOL' });
});
