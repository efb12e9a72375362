import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { assertNothingMoreIsOpen, openHandles } from '@ad-protocols/testing';
import { LdapClient } from '../src/ldap-client.ts';
import { LdapPeer, searchDone } from './support/ldap-peer.ts';

const password = 'Correct-Horse-1';
const mechanism = new NtlmMechanism({ domain: 'CORP', user: 'alice', password });

/** Signs in by two requests, then answers one search. */
async function serve(socket: Socket): Promise<void> {
  const peer = new LdapPeer(socket);
  await peer.acceptNtlm(password);
  peer.send(searchDone((await peer.next()).id));
}

/** Opens, searches and closes; `received` is told of every piece that the server gets, before it is answered. */
async function live(received: () => void, signal: AbortSignal): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).prependListener('readable', received);
    serve(socket).catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    using client = await LdapClient.open({ host: '127.0.0.1', port, protection: { kind: 'sasl', mechanism }, signal });
    await client.read('cn=a', [], { signal });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
}

for (let step = 0; step <= 3; step += 1) {
  test(`given up after ${step} requests, nothing is left open: no socket, no timer, no listener`, async () => {
    const before = openHandles();
    const controller = new AbortController();
    const reason = new Error('stopping');
    let count = 0;
    const stop = (): void => {
      count += 1;
      if (count === step) controller.abort(reason);
    };
    if (step === 0) controller.abort(reason);
    await assert.rejects(live(stop, controller.signal), (error) => error === reason);
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
