import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { RpcAnswer, RpcCall, RpcServerOptions } from '@ad-protocols/testing';
import { echo, withServer, wrongPassword } from './peer/with-server.ts';

/** Keeps answers to operation 9 back, and sends them when the call is orphaned. */
function lateServer(
  late: (call: RpcCall) => RpcAnswer,
): RpcServerOptions & { readonly orphaned: number[]; readonly called: Promise<unknown> } {
  const { promise: called, resolve } = Promise.withResolvers<undefined>();
  const orphaned: number[] = [];
  let kept: RpcCall | undefined;
  return {
    orphaned,
    called,
    onCall: (call) => {
      if (call.opnum !== 9) return echo(call);
      kept = call;
      resolve(undefined);
      return 'silence';
    },
    onOrphaned: (callId) => {
      orphaned.push(callId);
      return kept ? late(kept) : 'silence';
    },
  };
}

const lateAnswers: Record<string, (call: RpcCall) => RpcAnswer> = {
  nothing: () => 'silence',
  'the whole answer': echo,
  'the answer in fragments': ({ callId, session }) => session.respond(callId, new Uint8Array(200), 30),
  'a fault': ({ callId, session }) => [session.fault(callId, 0x1c00_000d)],
};
for (const [what, late] of Object.entries(lateAnswers)) {
  test(`a call that is given up leaves the connection usable, though ${what} comes late`, async () => {
    const server = lateServer(late);
    await withServer(server, async (open) => {
      const connection = await open();
      const stub = Uint8Array.of(1, 2, 3, 4);
      await connection.call(1, stub);
      const controller = new AbortController();
      const cause = new Error('no longer wanted');
      const given = connection.call(9, stub, { signal: controller.signal });
      const next = connection.call(2, stub);
      await server.called;
      controller.abort(cause);
      await assert.rejects(given, { code: 'ERR_RPC_ABORTED', cause });
      assert.deepEqual(await next, stub);
      assert.deepEqual(await connection.call(3, stub), stub);
    });
    assert.deepEqual(server.orphaned, [3]);
  });
}

test('an answer that comes after a new sign-in is opened in the context of its call', async () => {
  let kept: RpcCall | undefined;
  let late: Uint8Array[] = [];
  const server: RpcServerOptions = {
    onCall: (call) => {
      if (call.opnum !== 9) return [...late.splice(0), ...call.session.respond(call.callId, call.stub)];
      kept = call;
      return 'silence';
    },
    onOrphaned: () => {
      // Made before the new sign-in, sent after it.
      late = kept ? kept.session.respond(kept.callId, new Uint8Array(32)) : [];
      return 'silence';
    },
  };
  await withServer(server, async (open) => {
    const connection = await open();
    const controller = new AbortController();
    const given = connection.call(9, new Uint8Array(4), { signal: controller.signal });
    controller.abort();
    await assert.rejects(given, { code: 'ERR_RPC_ABORTED' });
    await connection.reauthenticate();
    const stub = Uint8Array.of(1, 2, 3, 4);
    assert.deepEqual(await connection.call(1, stub), stub);
    assert.deepEqual(await connection.call(1, stub), stub);
  });
});

test('a late answer with a wrong signature ends the connection', async () => {
  const server = lateServer(({ callId, session }) => {
    const fragment = session.fragment(callId, new Uint8Array(16));
    fragment[30] = (fragment[30] ?? 0) ^ 1;
    return [fragment];
  });
  await withServer(server, async (open) => {
    const connection = await open();
    const controller = new AbortController();
    const given = connection.call(9, new Uint8Array(4), { signal: controller.signal });
    await server.called;
    controller.abort();
    await assert.rejects(given, { code: 'ERR_RPC_ABORTED' });
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_SIGNATURE' });
  });
});

test('without leave to keep the connection a call that is given up closes it', async () => {
  for (const features of [1, undefined]) {
    const server = { ...lateServer(echo), features };
    await withServer(server, async (open) => {
      const connection = await open();
      const controller = new AbortController();
      const given = connection.call(9, new Uint8Array(4), { signal: controller.signal });
      await server.called;
      controller.abort();
      await assert.rejects(given, { code: 'ERR_RPC_ABORTED' });
      await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_ABORTED' });
    });
    assert.deepEqual(server.orphaned, []);
  }
});

test('a call that is given up before its turn is never sent', async () => {
  const opnums: number[] = [];
  const onCall = (call: RpcCall): RpcAnswer => (opnums.push(call.opnum), echo(call));
  await withServer({ onCall }, async (open) => {
    const connection = await open();
    const controller = new AbortController();
    const before = connection.call(1, new Uint8Array(4));
    const waiting = connection.call(2, new Uint8Array(4), { signal: controller.signal });
    const after = connection.call(3, new Uint8Array(4));
    controller.abort();
    await assert.rejects(waiting, { code: 'ERR_RPC_ABORTED' });
    await assert.rejects(connection.call(4, new Uint8Array(4), { signal: controller.signal }), {
      code: 'ERR_RPC_ABORTED',
    });
    await Promise.all([before, after]);
    await setImmediate();
  });
  assert.deepEqual(opnums, [1, 3]);
});

test('a signal that aborts after the answer changes nothing', async () => {
  await withServer({ onCall: echo }, async (open) => {
    const connection = await open();
    const controller = new AbortController();
    await connection.call(1, new Uint8Array(4), { signal: controller.signal });
    controller.abort();
    assert.equal((await connection.call(1, new Uint8Array(4))).length, 4);
  });
});

test('one call can have a time-out of its own', async () => {
  await withServer({ onCall: (call) => (call.opnum === 9 ? 'silence' : echo(call)) }, async (open) => {
    const connection = await open({ callTimeoutMs: 60_000 });
    await connection.call(1, new Uint8Array(4), { timeoutMs: 10_000 });
    await assert.rejects(connection.call(9, new Uint8Array(4), { timeoutMs: 40 }), {
      code: 'ERR_RPC_TIMEOUT',
      message: /40 ms/,
    });
  });
});

const floodWithNothing = ({ callId, session }: RpcCall): RpcAnswer =>
  Array.from({ length: 400 }, (_, index) =>
    session.fragment(callId, new Uint8Array(0), { flags: index === 0 ? 1 : 0 }),
  );

test('a flood of fragments without content comes to an end', async () => {
  await withServer({ onCall: floodWithNothing }, async (open) => {
    const connection = await open({ responseBytesMax: 10_000 });
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_RESPONSE_TOO_LARGE' });
  });
});

test('an answer in the context before says nothing about a new sign-in that was refused', async () => {
  let late: Uint8Array[] = [];
  let sent = 0;
  const server: RpcServerOptions = {
    onCall: ({ callId, stub, opnum, session }) => {
      if (opnum !== 9) return session.respond(callId, stub);
      late = session.respond(callId, new Uint8Array(32));
      return 'silence';
    },
    // The answer that was made before the new sign-in comes after it, and only then the refusal.
    onPdu: (pdu) => (sent += Number(pdu[2] === 0)),
    write: (socket, bytes) => {
      if (bytes[2] === 3) for (const part of late.splice(0)) socket.write(part);
      socket.write(bytes);
    },
  };
  await withServer(server, async (open) => {
    const connection = await open();
    const controller = new AbortController();
    const given = connection.call(9, new Uint8Array(4), { signal: controller.signal });
    while (late.length === 0) await setImmediate();
    controller.abort();
    await assert.rejects(given, { code: 'ERR_RPC_ABORTED' });
    await connection.reauthenticate(wrongPassword);
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_LOGON_REFUSED' });
  });
  assert.equal(sent, 2);
});

const badLateAnswers: Record<string, [code: string, late: (call: RpcCall) => RpcAnswer]> = {
  'a fault with a signature': ['ERR_RPC_PROTOCOL', ({ callId, session }) => [session.fault(callId, 5, true)]],
  'no end': [
    'ERR_RPC_RESPONSE_TOO_LARGE',
    ({ callId, session }) =>
      Array.from({ length: 300 }, () => session.fragment(callId, new Uint8Array(16), { flags: 0 })),
  ],
};
for (const [what, [code, late]] of Object.entries(badLateAnswers)) {
  test(`a late answer with ${what} ends the connection`, async () => {
    const server = lateServer(late);
    await withServer(server, async (open) => {
      const connection = await open({ responseBytesMax: 1000 });
      const controller = new AbortController();
      const given = connection.call(9, new Uint8Array(4), { signal: controller.signal });
      await server.called;
      controller.abort();
      await assert.rejects(given, { code: 'ERR_RPC_ABORTED' });
      // The orphaned PDU and what comes of it go before the next request.
      await assert.rejects(connection.call(1, new Uint8Array(4)), { code });
    });
  });
}
