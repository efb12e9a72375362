import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { RpcAnswer, RpcCall, RpcServerOptions } from '@ad-protocols/testing';
import { ToyAcceptor, ToyMechanism } from './peer/toy-mechanism.ts';
import { echo, withServer } from './peer/with-server.ts';

test('a connection closed in mid-call fails the call and all that wait', async () => {
  const cases: Record<string, (call: RpcCall) => RpcAnswer> = {
    'before the answer': () => 'close',
    'within a fragment': ({ callId, stub, session }) => [session.fragment(callId, stub).subarray(0, 30)],
  };
  for (const [what, onCall] of Object.entries(cases)) {
    const write: RpcServerOptions['write'] = (socket, bytes) => {
      if (what === 'within a fragment' && bytes.length === 30) socket.end(bytes);
      else socket.write(bytes);
    };
    await withServer({ onCall, write }, async (open) => {
      const connection = await open();
      const calls = [connection.call(1, new Uint8Array(4)), connection.call(1, new Uint8Array(4))];
      for (const call of calls) await assert.rejects(call, { code: 'ERR_RPC_CLOSED' }, what);
    });
  }
});

test('a silent server is given up after the time allowed, and so is one that stops in the middle', async () => {
  const cases: Record<string, (call: RpcCall) => RpcAnswer> = {
    'no answer': () => 'silence',
    'half an answer': ({ callId, session }) => [session.fragment(callId, new Uint8Array(4), { flags: 1 })],
  };
  for (const [what, onCall] of Object.entries(cases)) {
    await withServer({ onCall }, async (open) => {
      const connection = await open({ callTimeoutMs: 50 });
      await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_TIMEOUT', message: /50 ms/ }, what);
    });
  }
});

test('an idle connection does not time out', async () => {
  await withServer({ onCall: echo }, async (open) => {
    const connection = await open({ callTimeoutMs: 20, connectTimeoutMs: 20 });
    await connection.call(1, new Uint8Array(4));
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal((await connection.call(1, new Uint8Array(4))).length, 4);
  });
});

test('an abort fails the call under way, and every later one', async () => {
  const controller = new AbortController();
  const cause = new Error('stop');
  await withServer({ onCall: () => (controller.abort(cause), 'silence') }, async (open) => {
    const connection = await open({ signal: controller.signal });
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_ABORTED', cause });
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_ABORTED' });
    await assert.rejects(open({ signal: controller.signal }), { code: 'ERR_RPC_ABORTED' });
  });
});

test('a closed connection fails what is under way and what comes later', async () => {
  await withServer({ onCall: () => 'silence' }, async (open) => {
    const connection = await open();
    const call = assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_CLOSED' });
    await setImmediate();
    await connection.close();
    await connection.close();
    await call;
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_CLOSED' });
  });
});

const acceptorOf = (): ToyAcceptor => new ToyAcceptor(1);

test('a request that cannot be signed fails by its own error, and ends the connection', async () => {
  const mechanism = new ToyMechanism();
  await withServer({ onCall: echo, acceptorOf }, async (open) => {
    const connection = await open({ security: mechanism });
    const failure = new RangeError('out of sequence numbers');
    const [context] = mechanism.contexts;
    assert.ok(context);
    context.seal = () => {
      throw failure;
    };
    await assert.rejects(connection.call(1, new Uint8Array(4)), failure);
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_CLOSED', cause: failure });
  });
});

test('a time-out that is none fails its call, and leaves the connection usable', async () => {
  await withServer({ onCall: echo }, async (open) => {
    const connection = await open();
    await assert.rejects(connection.call(1, new Uint8Array(4), { timeoutMs: -1 }), RangeError);
    assert.equal((await connection.call(1, new Uint8Array(4))).length, 4);
  });
});
