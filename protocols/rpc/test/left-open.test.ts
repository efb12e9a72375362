import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { assertNothingMoreIsOpen, openHandles, RpcServer } from '@ad-protocols/testing';
import { RpcConnection } from '../src/index.ts';
import { echo, interfaceId, security } from './peer/with-server.ts';

/** PDUs of the whole life below: bind, auth3, request, alter_context, auth3, request. */
const PDUS = 6;

/** Opens, calls, signs in again and calls again; `reached` is told of every PDU that the server has got. */
async function live(reached: () => void, signal: AbortSignal): Promise<void> {
  await using running = await RpcServer.start({ onCall: echo, onPdu: reached });
  const options = { host: '127.0.0.1', port: running.port, interface: interfaceId, security, signal };
  const connection = await RpcConnection.open(options);
  try {
    await connection.call(1, new Uint8Array(4), { signal });
    await connection.reauthenticate();
    await connection.call(1, new Uint8Array(4), { signal });
  } finally {
    await connection.close();
  }
}

for (let step = 0; step <= PDUS; step += 1) {
  test(`given up after ${step} PDUs, nothing is left open: no socket, no timer, no listener`, async () => {
    const before = openHandles();
    const controller = new AbortController();
    let reached = 0;
    const stop = (): void => {
      reached += 1;
      if (reached === step) controller.abort();
    };
    if (step === 0) controller.abort();
    const life = live(stop, controller.signal);
    await assert.rejects(life, { code: 'ERR_RPC_ABORTED' });
    assert.deepEqual(getEventListeners(controller.signal, 'abort'), []);
    await assertNothingMoreIsOpen(before);
  });
}

test('closed in the ordinary way, nothing is left open', async () => {
  const before = openHandles();
  const controller = new AbortController();
  await live(() => undefined, controller.signal);
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), []);
  await assertNothingMoreIsOpen(before);
});

test('a signal that is raised as the connection is made is not missed', async () => {
  await using running = await RpcServer.start({ onCall: echo });
  const controller = new AbortController();
  const options = { host: '127.0.0.1', port: running.port, interface: interfaceId, security };
  const { signal } = controller;
  const listen = signal.removeEventListener.bind(signal);
  // The moment between the two listeners for it.
  signal.removeEventListener = (...args: Parameters<typeof listen>) => {
    listen(...args);
    controller.abort();
  };
  await assert.rejects(RpcConnection.open({ ...options, signal, connectTimeoutMs: 2000 }), { code: 'ERR_RPC_ABORTED' });
});
