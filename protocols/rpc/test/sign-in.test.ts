import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mechanismOids, type Mechanism } from '@ad-protocols/gss';
import { bindAck, pduOf, trailer, trailerOf, withToken, type RpcServerOptions } from '@ad-protocols/testing';
import { ToyAcceptor, ToyMechanism, type ToyOptions } from './peer/toy-mechanism.ts';
import { echo, security, withServer, wrongPassword } from './peer/with-server.ts';

/** A server for toy sign-ins, which remembers the kinds and the authentication types of what it was sent. */
function toyServer(
  { legs = 3, sealed = true }: { legs?: number; sealed?: boolean } = {},
  more: Partial<RpcServerOptions> = {},
): RpcServerOptions & { types: number[]; authTypes: (number | undefined)[] } {
  const types: number[] = [];
  const authTypes: (number | undefined)[] = [];
  let sessions = 0;
  const acceptorOf = (): ToyAcceptor => {
    sessions += 1;
    return new ToyAcceptor(sessions, { legs, sealed });
  };
  const onPdu = (pdu: Buffer): void => {
    types.push(pdu.readUInt8(2));
    authTypes.push(trailerOf(pdu)?.type);
  };
  return { onCall: echo, acceptorOf, onPdu, types, authTypes, ...more };
}

const signIns: Record<string, { toy: ToyOptions; types: number[]; authType: number }> = {
  'Kerberos, three legs': { toy: { legs: 3 }, types: [11, 14, 0], authType: 16 },
  'Kerberos, two legs': { toy: { legs: 2 }, types: [11, 0], authType: 16 },
  'SPNEGO, four legs': { toy: { legs: 4, oid: mechanismOids.spnego }, types: [11, 14, 0], authType: 9 },
  'SPNEGO, six legs': { toy: { legs: 6, oid: mechanismOids.spnego }, types: [11, 14, 14, 0], authType: 9 },
  'NTLM, three legs': { toy: { legs: 3, oid: mechanismOids.ntlm }, types: [11, 16, 0], authType: 10 },
};
for (const [what, { toy, types, authType }] of Object.entries(signIns)) {
  for (const protectionLevel of ['privacy', 'integrity'] as const) {
    for (const headerSigning of [true, false]) {
      test(`${what}: at ${protectionLevel} level ${headerSigning ? 'with' : 'without'} header signing`, async () => {
        const server = toyServer({ legs: toy.legs ?? 3, sealed: protectionLevel === 'privacy' }, { headerSigning });
        const mechanism = new ToyMechanism(toy);
        await withServer(server, async (open) => {
          const connection = await open({ security: mechanism, protectionLevel, service: 'ldap' });
          const stub = Uint8Array.from({ length: 9000 }, (_, index) => index);
          assert.deepEqual(await connection.call(1, stub), stub);
          assert.deepEqual(await connection.call(1, stub.subarray(0, 8)), stub.subarray(0, 8));
        });
        assert.deepEqual(server.types.slice(0, types.length), types);
        assert.deepEqual(new Set(server.authTypes), new Set([authType]));
        const confidentiality = protectionLevel === 'privacy';
        assert.deepEqual(mechanism.targets, [
          { service: 'ldap', host: '127.0.0.1', dceStyle: true, confidentiality, signal: undefined },
        ]);
      });
    }
  }
}

test('at integrity level what goes over the wire is in clear, at privacy level it is not', async () => {
  for (const [protectionLevel, seen] of [
    ['integrity', true],
    ['privacy', false],
  ] as const) {
    const requests: Buffer[] = [];
    const onPdu = (pdu: Buffer): number => requests.push(Buffer.from(pdu));
    await withServer({ onCall: echo, onPdu }, async (open) => {
      const connection = await open({ protectionLevel });
      await connection.call(1, Buffer.from('a phrase in clear text'));
    });
    assert.equal(Buffer.concat(requests).includes('a phrase in clear text'), seen, protectionLevel);
  }
});

test('a token larger than a fragment goes out whole, one larger than a PDU is refused by name', async () => {
  const sizes: number[] = [];
  const server = toyServer({}, { onPdu: (pdu) => sizes.push(pdu.length) });
  await withServer(server, async (open) => {
    await open({ security: new ToyMechanism({ firstTokenBytes: 48_000 }) });
    assert((sizes[0] ?? 0) > 48_000);
    const tooLarge = new ToyMechanism({ firstTokenBytes: 65_000 });
    await assert.rejects(open({ security: tooLarge }), { code: 'ERR_RPC_TOKEN_TOO_LARGE', message: /65000 bytes/ });
  });
});

function withCallId(pdu: Buffer, callId: number): Buffer {
  pdu.writeUInt32LE(callId, 12);
  return pdu;
}

const brokenAnswers: Record<string, [code: string, more: Partial<RpcServerOptions>]> = {
  'without a token': ['ERR_RPC_PROTOCOL', { onBind: (bind) => [bindAck(bind, { auth: Buffer.alloc(0) })] }],
  'with a token of another provider': [
    'ERR_RPC_PROTOCOL',
    { onBind: (bind) => [bindAck(bind, { auth: Buffer.concat([trailer({ type: 10 }), Buffer.of(2)]) })] },
  ],
  'with a token of another context': [
    'ERR_RPC_PROTOCOL',
    {
      onBind: (bind) => [bindAck(bind, { auth: Buffer.concat([trailer({ type: 16, authContext: 9 }), Buffer.of(2)]) })],
    },
  ],
  'with another call id': ['ERR_RPC_PROTOCOL', { onBind: (bind) => [withCallId(bindAck(bind), 77)] }],
  'with a refusal of another call id': [
    'ERR_RPC_PROTOCOL',
    { onAlterContext: () => [pduOf(3, 3, 77, Buffer.from('0000000000000000050000000000000000', 'hex'))] },
  ],
  'with a fault at the second leg': [
    'ERR_RPC_LOGON_REFUSED',
    {
      onAlterContext: (pdu) => [
        pduOf(3, 3, pdu.readUInt32LE(12), Buffer.from('0000000000000000050000000000000000', 'hex')),
      ],
    },
  ],
  'with a bind_ack at the second leg': [
    'ERR_RPC_PROTOCOL',
    { onAlterContext: (pdu) => [Buffer.from(bindAck(pdu)).fill(12, 2, 3)] },
  ],
  'with a cut alter_context_resp': [
    'ERR_RPC_PROTOCOL',
    { onAlterContext: (pdu) => [withToken(pduOf(15, 3, pdu.readUInt32LE(12), Buffer.alloc(9)), 0)] },
  ],
};
for (const [what, [code, more]] of Object.entries(brokenAnswers)) {
  test(`a sign-in that is answered ${what} gives ${code}`, async () => {
    const mechanism = new ToyMechanism();
    await withServer(toyServer({}, more), async (open) => {
      await assert.rejects(open({ security: mechanism }), { code });
    });
    assert.equal(mechanism.abandoned, 1);
  });
}

const confirmLast: RpcServerOptions['onAlterContext'] = (pdu) => [
  bindAck(pdu, { auth: Buffer.concat([trailer({ type: 16 }), Buffer.of(4)]) }),
];

test('a confirmation after the last token changes nothing', async () => {
  await withServer(toyServer({}, { onAlterContext: confirmLast }), async (open) => {
    const connection = await open({ security: new ToyMechanism() });
    assert.equal((await connection.call(1, new Uint8Array(4))).length, 4);
  });
});

test('a sign-in without an end is given up', async () => {
  await withServer(toyServer({ legs: 99 }), async (open) => {
    await assert.rejects(open({ security: new ToyMechanism({ legs: 99 }) }), {
      code: 'ERR_RPC_PROTOCOL',
      message: /more than 16 tokens/,
    });
  });
});

test('a mechanism that RPC has no number for is refused before anything is sent', async () => {
  const server = toyServer();
  await withServer(server, async (open) => {
    await assert.rejects(open({ security: new ToyMechanism({ oid: '1.2.3' }) }), TypeError);
  });
  assert.deepEqual(server.types, []);
});

test('a new sign-in in mid-stream has a key of its own, and the next call uses it', async () => {
  const used: (number | undefined)[] = [];
  const onCall: RpcServerOptions['onCall'] = (call) => (used.push(call.session.authContext), echo(call));
  await withServer({ onCall }, async (open) => {
    const connection = await open();
    const stub = Uint8Array.of(1, 2, 3, 4);
    await connection.call(1, stub);
    const before = connection.call(1, stub);
    const renewal = connection.reauthenticate();
    const after = connection.call(1, stub);
    assert.deepEqual(await Promise.all([before, after]), [stub, stub]);
    await renewal;
    assert.equal(connection.sessionKeys.length, 2);
    assert.notDeepEqual(connection.sessionKeys[0], connection.sessionKeys[1]);
    assert.deepEqual(connection.sessionKey, connection.sessionKeys[1]);
    await connection.reauthenticate(security);
    await connection.call(1, stub);
    assert.equal(connection.sessionKeys.length, 3);
  });
  assert.deepEqual(used, [1, 1, 2, 3]);
});

const answerInFirstContext: RpcServerOptions['onCall'] = ({ callId, stub, session }) => [
  session.fragment(callId, stub, { trailer: { authContext: 1 } }),
];

test('an answer in the security context before the newest is refused', async () => {
  await withServer({ onCall: answerInFirstContext }, async (open) => {
    const connection = await open();
    await connection.call(1, new Uint8Array(4));
    await connection.reauthenticate();
    await assert.rejects(connection.call(1, new Uint8Array(4)), {
      code: 'ERR_RPC_SIGNATURE',
      message: /not protected as agreed/,
    });
  });
});

test('a new sign-in that is refused shows at the next call', async () => {
  await withServer({ onCall: echo }, async (open) => {
    const connection = await open();
    await connection.call(1, new Uint8Array(4));
    await connection.reauthenticate(wrongPassword);
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_LOGON_REFUSED' });
  });
});

const refuseAlterContext: RpcServerOptions['onAlterContext'] = (pdu) => [
  pduOf(3, 3, pdu.readUInt32LE(12), Buffer.alloc(16, 5)),
];

test('access denied after a sign-in that the server has confirmed is about rights, not about the sign-in', async () => {
  await withServer(toyServer({}, { onCall: ({ callId, session }) => [session.fault(callId, 5)] }), async (open) => {
    const connection = await open({ security: new ToyMechanism() });
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_FAULT' });
  });
});

test('a new sign-in that fails under way ends the connection', async () => {
  await withServer({ onCall: echo, onAlterContext: refuseAlterContext }, async (open) => {
    const connection = await open();
    await assert.rejects(connection.reauthenticate(), { code: 'ERR_RPC_BIND_REFUSED' });
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_BIND_REFUSED' });
  });
});

test('a server without security context multiplexing is not asked to sign in again', async () => {
  for (const features of [2, undefined]) {
    await withServer({ onCall: echo, features }, async (open) => {
      const connection = await open();
      assert.equal(connection.features.securityContextMultiplexing, false);
      await assert.rejects(connection.reauthenticate(), { code: 'ERR_RPC_NO_MULTIPLEXING' });
      assert.equal((await connection.call(1, new Uint8Array(4))).length, 4);
      const anonymous = await open({ security: 'anonymous' });
      await assert.rejects(anonymous.reauthenticate(security), TypeError);
    });
  }
});

test('a new sign-in that fails on this side ends the connection, and tells those who wait why', async () => {
  const cause = new Error('no ticket');
  const { oid, name, account } = security;
  const failing: Mechanism = { oid, name, account, initiate: () => ({ step: () => Promise.reject(cause) }) };
  await withServer({ onCall: echo }, async (open) => {
    const connection = await open();
    const renewal = connection.reauthenticate(failing);
    const waiting = assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_CLOSED', cause });
    await assert.rejects(renewal, cause);
    await waiting;
  });
});

const isWiped = (key: Uint8Array): boolean => key.every((byte) => byte === 0);

test('closing wipes what protected messages; session keys stay for replies that are decrypted later', async () => {
  const mechanism = new ToyMechanism();
  await withServer(toyServer(), async (open) => {
    const connection = await open({ security: mechanism });
    const [context] = mechanism.contexts;
    assert.ok(context);
    assert.deepEqual(connection.sessionKey, new Uint8Array(context.sessionKey));
    await connection.close();
    assert.equal(isWiped(context.sessionKey), true);
    assert.equal(isWiped(connection.sessionKey), false);
    await assert.rejects(connection.call(1, new Uint8Array(4)), { code: 'ERR_RPC_CLOSED' });
  });
});

test('a sign-in that fails after this side has its key wipes it', async () => {
  const mechanism = new ToyMechanism();
  await withServer(toyServer({}, { onAlterContext: refuseAlterContext }), async (open) => {
    await assert.rejects(open({ security: mechanism }), { code: 'ERR_RPC_BIND_REFUSED' });
  });
  assert.deepEqual(
    mechanism.contexts.map(({ sessionKey }) => isWiped(sessionKey)),
    [true],
  );
});
