import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RpcConnection } from '../src/index.ts';
import { bindAck, pduOf, RpcServer, type RpcAnswer } from '@ad-protocols/testing';
import { echo, interfaceId, security, withServer } from './peer/with-server.ts';

const bindAnswers: Record<string, [code: string, answer: (bind: Buffer) => RpcAnswer]> = {
  'an unknown interface': ['ERR_RPC_NOT_REGISTERED', (bind) => [bindAck(bind, { result: 2, reason: 1 })]],
  'no common transfer syntax': ['ERR_RPC_BIND_REFUSED', (bind) => [bindAck(bind, { result: 2, reason: 2 })]],
  'a bind_nak': ['ERR_RPC_BIND_REFUSED', () => [pduOf(13, 3, 1, Buffer.from([8, 0, 0]))]],
  'a fault': ['ERR_RPC_BIND_REFUSED', () => [pduOf(3, 3, 1, Buffer.alloc(16, 5))]],
  'a bind_ack without a challenge': [
    'ERR_RPC_PROTOCOL',
    (bind) => {
      const anonymous = Buffer.from(bind);
      anonymous.writeUInt16LE(0, 10);
      return [bindAck(anonymous)];
    },
  ],
  'a response': ['ERR_RPC_PROTOCOL', () => [pduOf(2, 3, 1, Buffer.alloc(8))]],
  'tiny fragments': ['ERR_RPC_PROTOCOL', (bind) => [bindAck(bind, { fragmentBytesMax: 1431 })]],
  'a cut bind_nak': ['ERR_RPC_PROTOCOL', () => [pduOf(13, 3, 1, Buffer.alloc(1))]],
  'an end of the connection': ['ERR_RPC_CLOSED', () => 'close'],
  silence: ['ERR_RPC_TIMEOUT', () => 'silence'],
};
for (const [what, [code, onBind]] of Object.entries(bindAnswers)) {
  test(`${what} in answer to the bind gives ${code}`, async () => {
    await withServer({ onCall: echo, onBind }, async (open) => {
      await assert.rejects(open({ connectTimeoutMs: what === 'silence' ? 50 : 5000 }), { code });
    });
  });
}

test('a port where nobody listens gives ERR_RPC_REFUSED', async () => {
  const gone = await RpcServer.start({ onCall: echo });
  await gone[Symbol.asyncDispose]();
  const options = { host: '127.0.0.1', port: gone.port, interface: interfaceId, security };
  await assert.rejects(RpcConnection.open(options), { code: 'ERR_RPC_REFUSED' });
});

test('a name that does not resolve gives ERR_RPC_NAME_NOT_FOUND', async () => {
  const options = { host: 'dc.corp.invalid', port: 135, interface: interfaceId, security };
  await assert.rejects(RpcConnection.open(options), { code: 'ERR_RPC_NAME_NOT_FOUND' });
});
