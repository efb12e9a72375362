import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import type { RpcAnswer, RpcCall } from '@ad-protocols/testing';
import { echo, withServer } from './peer/with-server.ts';

test('a call goes out sealed and its answer is opened', async () => {
  const calls: RpcCall[] = [];
  await withServer({ onCall: (call) => (calls.push(call), echo(call)) }, async (open) => {
    const connection = await open();
    assert.equal(Buffer.from(await connection.call(7, Buffer.from('asks'))).toString(), 'asks');
    assert.equal(calls[0]?.opnum, 7);
    assert.deepEqual(connection.sessionKey, new Uint8Array(calls[0]?.session.sessionKey ?? []));
    assert.deepEqual(connection.sessionKeys, [connection.sessionKey]);
  });
});

test('stubs of every length around the edges of padding and fragments come back unchanged', async () => {
  const room = 1432 - 24 - 24 - ((1432 - 24 - 24) % 16);
  const lengths = [
    ...Array.from({ length: 34 }, (_, index) => index),
    room - 1,
    room,
    room + 1,
    2 * room,
    2 * room + 1,
  ];
  const fragments: (readonly number[])[] = [];
  const onCall = (call: RpcCall): RpcAnswer => (fragments.push(call.fragmentLengths), echo(call));
  await withServer({ fragmentBytesMax: 1432, onCall }, async (open) => {
    const connection = await open();
    for (const length of lengths) {
      const stub = new Uint8Array(randomBytes(length));
      assert.deepEqual(await connection.call(1, stub), stub);
    }
  });
  assert.equal(Math.max(...fragments.flat()), 1432 - ((1432 - 24 - 24) % 16));
  assert.deepEqual(
    fragments.slice(-5).map((parts) => parts.length),
    [1, 1, 2, 2, 3],
  );
});

test('a response of any size in fragments of any size arrives whole, with and without allocation hints', async () => {
  let plan = { partBytes: 1, hints: true };
  const onCall = ({ callId, stub, session }: RpcCall): RpcAnswer =>
    session.respond(callId, stub, plan.partBytes, plan.hints);
  await withServer({ onCall }, async (open) => {
    const connection = await open();
    // The server sees padding in front of a verification trailer as part of the stub; only the first request has one.
    await connection.call(1, new Uint8Array(4));
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.boolean(),
        async (stub, partBytes, hints) => {
          plan = { partBytes: Math.max(partBytes, Math.ceil(stub.length / 200)), hints };
          assert.deepEqual(await connection.call(1, stub), stub);
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function writeByteByByte(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    socket.write(Uint8Array.of(byte));
    await setImmediate();
  }
}

test('answers that arrive byte by byte are understood', async () => {
  await withServer({ onCall: echo, write: writeByteByByte }, async (open) => {
    const connection = await open();
    const stub = new Uint8Array(randomBytes(400));
    assert.deepEqual(await connection.call(1, stub), stub);
    assert.deepEqual(await connection.call(1, stub.subarray(0, 5)), stub.subarray(0, 5));
  });
});

test('calls made at once are sent one after another, in order', async () => {
  const order: number[] = [];
  await withServer({ onCall: (call) => (order.push(call.opnum), echo(call)) }, async (open) => {
    const connection = await open();
    const answers = await Promise.all([5, 6, 7, 8].map((opnum) => connection.call(opnum, Uint8Array.of(opnum))));
    assert.deepEqual(order, [5, 6, 7, 8]);
    assert.deepEqual(
      answers.map((answer) => answer[0]),
      [5, 6, 7, 8],
    );
  });
});

test('an anonymous connection is neither signed nor sealed and has no session key', async () => {
  await withServer({ onCall: echo }, async (open) => {
    const connection = await open({ security: 'anonymous' });
    assert.deepEqual(await connection.call(1, Uint8Array.of(1, 2, 3)), Uint8Array.of(1, 2, 3));
    assert.throws(() => connection.sessionKey, TypeError);
  });
});
