import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pduOf, withToken, type RpcAnswer, type RpcCall, type RpcServerOptions } from '@ad-protocols/testing';
import { withServer } from './peer/with-server.ts';

test('one changed bit in a sealed answer refuses all of it and ends the connection', async () => {
  for (const position of [24, 30, -17, -16, -1]) {
    const onCall = ({ callId, stub, session }: RpcCall): RpcAnswer => {
      const [fragment = Buffer.alloc(0)] = session.respond(callId, stub);
      const at = position < 0 ? fragment.length + position : position;
      fragment[at] = (fragment[at] ?? 0) ^ 0x10;
      return [fragment];
    };
    await withServer({ onCall }, async (open) => {
      const connection = await open();
      await assert.rejects(
        connection.call(1, Buffer.from('twelve bytes')),
        { code: 'ERR_RPC_SIGNATURE' },
        `${position}`,
      );
      await assert.rejects(connection.call(1, new Uint8Array(0)), { code: 'ERR_RPC_SIGNATURE' });
    });
  }
});

test('an answer that is not sealed is refused on a sealed connection', async () => {
  await withServer(
    { onCall: ({ callId, stub }) => [pduOf(2, 3, callId, Buffer.concat([Buffer.alloc(8), stub]))] },
    async (open) => {
      const connection = await open();
      await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_SIGNATURE' });
    },
  );
});

const otherTrailers = {
  'another provider': { type: 9 },
  'integrity instead of privacy': { level: 5 },
  'another security context': { authContext: 2 },
  'padding that reaches into the header': { pad: 20 },
};
for (const [what, trailer] of Object.entries(otherTrailers)) {
  test(`an answer whose trailer says ${what} is refused, though its signature is right`, async () => {
    const server: RpcServerOptions = {
      onCall: ({ callId, stub, session }) => [session.fragment(callId, stub, { trailer })],
    };
    await withServer(server, async (open) => {
      const connection = await open();
      await assert.rejects(connection.call(1, new Uint8Array(16)), { code: 'ERR_RPC_SIGNATURE' });
    });
  });
}

test('fragments that are swapped, repeated or left out are refused', async () => {
  const order: Record<string, (fragments: Buffer[]) => Buffer[]> = {
    swapped: ([first, second, ...rest]) => [second, first, ...rest].filter((part) => part !== undefined),
    repeated: ([first, ...rest]) => [first, first, ...rest].filter((part) => part !== undefined),
    'left out': ([first, , ...rest]) => [first, ...rest].filter((part) => part !== undefined),
  };
  for (const [what, change] of Object.entries(order)) {
    const onCall = ({ callId, stub, session }: RpcCall): RpcAnswer => change(session.respond(callId, stub, 16));
    await withServer({ onCall }, async (open) => {
      const connection = await open();
      await assert.rejects(connection.call(1, new Uint8Array(64)), { code: 'ERR_RPC_SIGNATURE' }, what);
    });
  }
});

const brokenAnswers: Record<string, (call: RpcCall) => RpcAnswer> = {
  'another call id': ({ callId, session }) => [session.fragment(callId + 1, new Uint8Array(4))],
  'a PDU that is no answer': ({ callId }) => [pduOf(11, 3, callId, Buffer.alloc(8))],
  'a middle fragment first': ({ callId, session }) => [session.fragment(callId, new Uint8Array(4), { flags: 0 })],
  'two first fragments': ({ callId, session }) =>
    [1, 1].map((flags) => session.fragment(callId, new Uint8Array(4), { flags })),
  'another presentation context': ({ callId, session }) => [
    session.fragment(callId, new Uint8Array(4), { contextId: 3 }),
  ],
  'bytes that are no PDU': () => [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  'a fragment larger than agreed': ({ callId, session }) => [session.fragment(callId, new Uint8Array(6000))],
  'a fragment length of 15': ({ callId }) => {
    const bytes = pduOf(2, 3, callId, Buffer.alloc(8));
    bytes.writeUInt16LE(15, 8);
    return [bytes];
  },
  'a trailer longer than the fragment': ({ callId }) => [withToken(pduOf(2, 3, callId, Buffer.alloc(8)), 0xffff)],
  'padding longer than the body': ({ callId }) => {
    const trailer = Buffer.from([10, 6, 255, 0, 1, 0, 0, 0]);
    return [withToken(pduOf(2, 3, callId, Buffer.concat([Buffer.alloc(8), trailer, Buffer.alloc(16)])), 16)];
  },
  'a second answer': ({ callId, session }) => [
    Buffer.concat([session.fragment(callId, new Uint8Array(4)), session.fragment(callId, new Uint8Array(4))]),
  ],
};
for (const [what, onCall] of Object.entries(brokenAnswers)) {
  test(`${what} in answer to a call ends the connection with ERR_RPC_PROTOCOL`, async () => {
    await withServer({ onCall }, async (open) => {
      const connection = await open();
      const first = connection.call(1, new Uint8Array(4));
      if (what === 'a second answer') await first;
      else await assert.rejects(first, { code: 'ERR_RPC_PROTOCOL' });
      await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_PROTOCOL' });
    });
  });
}

test('a response larger than the limit is refused, whatever its hint says', async () => {
  for (const hints of [true, false]) {
    const onCall = ({ callId, session }: RpcCall): RpcAnswer =>
      session.respond(callId, new Uint8Array(20_000), 5000, hints);
    await withServer({ onCall }, async (open) => {
      const small = await open({ responseBytesMax: 19_999 });
      await assert.rejects(small.call(1, new Uint8Array(0)), { code: 'ERR_RPC_RESPONSE_TOO_LARGE' });
      const exact = await open({ responseBytesMax: 20_000 });
      assert.equal((await exact.call(1, new Uint8Array(0))).length, 20_000);
    });
  }
});

test('an absurd allocation hint does not allocate more than the limit', async () => {
  await withServer(
    { onCall: ({ callId, session }) => [session.fragment(callId, new Uint8Array(4), { hint: 0xffff_ffff })] },
    async (open) => {
      const answer = await (await open({ responseBytesMax: 1000 })).call(1, new Uint8Array(0));
      assert.equal(answer.length, 4);
      assert.equal(answer.buffer.byteLength <= 1000, true);
    },
  );
});
