import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  configuredKdcs,
  encryptionTypeOf,
  KerberosClient,
  MemoryTicketCache,
  RefusedError,
  type KerberosClientOptions,
} from '@ad-protocols/kerberos';
import { encodeBer } from '@ad-protocols/asn1';
import { checksum as checksumElement, type Checksum } from '../../src/messages/encrypted-data.ts';
import { encodeMethodData } from '../../src/messages/pre-authentication.ts';
import { KdcServer, type Answer } from '../peer/kdc-server.ts';
import { TestRealm, type ReplyParts, type TestRealmOptions } from '../peer/test-realm.ts';

const encodeChecksum = (value: Checksum): Uint8Array => encodeBer(checksumElement(value));

const key = { enctype: 17, value: new Uint8Array(16).fill(7) };
const target = { service: 'ldap', host: 'dc1.example.com' };

const hasCode =
  (code: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof Error && 'code' in error, String(error));
    assert.equal(error.code, code, error.message);
    assert.ok('nextStep' in error && String(error.nextStep).length > 10);
    return true;
  };

const isSignIn = ({ reply }: ReplyParts): boolean => reply.type === 11;

/** A reply to a sign-in with the checksum over the request, as the KDC saw it. */
const proving =
  (change: (request: Uint8Array) => Uint8Array) =>
  (parts: ReplyParts, _: unknown, request: Uint8Array): ReplyParts => {
    if (!isSignIn(parts)) return parts;
    const type = encryptionTypeOf(17);
    const value = encodeChecksum({ type: type.checksumType, value: type.checksum(key.value, 56, change(request)) });
    return { ...parts, part: { ...parts.part, flags: 0x0001_0000, encryptedPadata: [{ type: 149, value }] } };
  };

const sentOn =
  (realm: string, next: string): Answer =>
  () =>
    new TestRealm({ key, realm }).error(68, undefined, next);

/** A referral to the realm that the client asks already. */
const sendBack = (parts: ReplyParts): ReplyParts => {
  if (isSignIn(parts)) return parts;
  const server = { type: 2, components: ['krbtgt', 'EXAMPLE.COM'] };
  return { ...parts, part: { ...parts.part, server }, ticketServer: server };
};

const clientOf = (servers: readonly KdcServer[], more: Partial<KerberosClientOptions> = {}): KerberosClient =>
  new KerberosClient({
    user: 'alice',
    realm: 'example.com',
    credential: { key },
    locator: configuredKdcs({ 'EXAMPLE.COM': servers.map(({ address }) => address) }),
    timeoutMs: 400,
    ...more,
  });

/** What comes of asking a realm for a ticket. */
async function ask(
  options: Partial<TestRealmOptions>,
  more: Partial<KerberosClientOptions> = {},
): Promise<KerberosClient> {
  await using server = await KdcServer.start(new TestRealm({ key, ...options }).answer);
  const client = clientOf([server], more);
  await client.getTicket(target);
  return client;
}

describe('a ticket', () => {
  it('is fetched once, for all who ask at the same time and later', async () => {
    const realm = new TestRealm({ key });
    await using server = await KdcServer.start(realm.answer);
    const client = clientOf([server]);
    const [first, second] = await Promise.all([client.getTicket(target), client.getTicket(target)]);
    assert.equal(first, second);
    assert.equal(await client.getTicket({ service: 'LDAP', host: 'DC1.example.com' }), first);
    await client.getTicket({ service: 'cifs', host: 'dc1.example.com' });
    assert.deepEqual(realm.granted, [11, 13, 13]);
    assert.deepEqual(first.server.components, ['ldap', 'dc1.example.com']);
    assert.equal(first.clientRealm, 'EXAMPLE.COM');
    assert.equal(client.principal, 'alice@EXAMPLE.COM');
  });

  it('is fetched anew shortly before it ends', async () => {
    let ahead = 0;
    const now = (): number => Date.now() + ahead;
    const realm = new TestRealm({ key, now });
    await using server = await KdcServer.start(realm.answer);
    const client = clientOf([server], { now });
    const first = await client.getTicket(target);
    ahead = 36_000_000 - 310_000;
    assert.equal(await client.getTicket(target), first);
    ahead = 36_000_000 - 290_000;
    assert.notEqual(await client.getTicket(target), first);
    assert.deepEqual(realm.granted, [11, 13, 11, 13]);
  });

  it('comes after a new sign-in when the KDC has forgotten the first one', async () => {
    for (const number of [20, 31, 32, 44]) {
      let refusals = 1;
      const refuse = (_: unknown, type: number): number | undefined =>
        type === 12 && refusals-- > 0 ? number : undefined;
      const realm = new TestRealm({ key, refuse });
      await using server = await KdcServer.start(realm.answer);
      await clientOf([server]).getTicket(target);
      assert.deepEqual(realm.granted, [11, 11, 13]);
    }
  });

  it('comes with a password and the salt of the KDC', async () => {
    const info = { enctype: 17, salt: 'ATHENA.MIT.EDUraeburn', parameters: Uint8Array.of(0, 0, 0x20, 0) };
    const value = encryptionTypeOf(17).stringToKey({ password: 'password', ...info });
    const realm = { key: { enctype: 17, value }, info: [info] };
    await ask(realm, { credential: { password: 'password' } });
    await assert.rejects(ask(realm, { credential: { password: 'potatoe' } }), hasCode('ERR_KRB5_PREAUTH_FAILED'));
  });

  it('comes with one sign-in for a name in another case than that of the account', async () => {
    const client = { type: 1, components: ['alice'] };
    const realm = new TestRealm({ key, alter: (parts) => ({ ...parts, reply: { ...parts.reply, client } }) });
    await using server = await KdcServer.start(realm.answer);
    const asking = clientOf([server], { user: 'Alice' });
    const first = await asking.getTicket(target);
    assert.equal(await asking.getTicket(target), first);
    assert.deepEqual(realm.granted, [11, 13]);
  });

  it('of another account in the cache is not used for an enterprise name', async () => {
    await using server = await KdcServer.start(new TestRealm({ key }).answer);
    const cache = new MemoryTicketCache();
    await clientOf([server], { user: 'mallory', cache }).getTicket(target);
    const ticket = await clientOf([server], { user: 'alice@contoso.com', cache }).getTicket(target);
    assert.deepEqual(ticket.client.components, ['alice@contoso.com']);
  });

  it('comes when the clocks differ, and the difference is kept', async () => {
    const client = await ask({ now: () => Date.now() + 3_600_000 });
    assert.ok(Math.abs(client.clockOffsetMs - 3_600_000) < 3000, String(client.clockOffsetMs));
  });

  it('does not come with the clock of a refusal that no reply bears out', async () => {
    const ahead = 3_600_000;
    const liar = new TestRealm({ key, now: () => Date.now() + ahead });
    const realm = new TestRealm({ key });
    let lies = 1;
    await using server = await KdcServer.start((request) => (lies-- > 0 ? liar.error(37) : realm.answer(request)));
    const client = clientOf([server]);
    await assert.rejects(client.getTicket(target), hasCode('ERR_KRB5_SKEW'));
    assert.equal(client.clockOffsetMs, 0);
    await client.getTicket(target);

    // A KDC that looks at no time: the reply to a sign-in says when it was.
    lies = 1;
    const careless = new TestRealm({ key, withoutProof: true });
    await using other = await KdcServer.start((request) => (lies-- > 0 ? liar.error(37) : careless.answer(request)));
    const second = clientOf([other]);
    await second.getTicketGrantingTicket();
    assert.ok(Math.abs(second.clockOffsetMs) < 3000, String(second.clockOffsetMs));
  });

  it('does not come when the clocks differ by more than a day', async () => {
    for (const days of [2, -2, 2_900_000])
      await assert.rejects(ask({ now: () => Date.now() + days * 86_400_000 }), hasCode('ERR_KRB5_SKEW'), String(days));
  });

  it('comes from another realm that the KDC sends the client on to', async () => {
    const here = new TestRealm({
      key,
      alter: (parts, body) => {
        if (body.server?.components[0] === 'krbtgt') return parts;
        const server = { type: 2, components: ['krbtgt', 'SUB.EXAMPLE.COM'] };
        return { ...parts, part: { ...parts.part, server }, ticketServer: server };
      },
    });
    await using first = await KdcServer.start(here.answer);
    await using second = await KdcServer.start(new TestRealm({ key, realm: 'SUB.EXAMPLE.COM' }).answer);
    const locator = configuredKdcs({ 'EXAMPLE.COM': [first.address], 'SUB.EXAMPLE.COM': [second.address] });
    const ticket = await clientOf([], { locator }).getTicket(target);
    assert.equal(ticket.serverRealm, 'SUB.EXAMPLE.COM');
    assert.equal(ticket.clientRealm, 'EXAMPLE.COM');
  });

  it('begins in the realm of the host where that is known, and asks its own where its KDC knows no way there', async () => {
    const child = 'SUB.EXAMPLE.COM';
    for (const trusted of [true, false]) {
      const here = new TestRealm({
        key,
        refuse: (body, type) => {
          const [service, realm] = body.server?.components ?? [];
          if (type === 10) return undefined;
          if (trusted) return service === 'krbtgt' ? undefined : 7;
          return realm === child ? 7 : undefined;
        },
      });
      await using first = await KdcServer.start(here.answer);
      await using second = await KdcServer.start(new TestRealm({ key, realm: child }).answer);
      const locator = configuredKdcs({ 'EXAMPLE.COM': [first.address], [child]: [second.address] });
      const asked: string[] = [];
      const realmOfHost = (host: string) => {
        asked.push(host);
        return child;
      };
      const ticket = await clientOf([], { locator, realmOfHost }).getTicket(target);
      assert.equal(ticket.serverRealm, trusted ? child : 'EXAMPLE.COM');
      assert.deepEqual(asked, [target.host]);
    }
  });

  it('comes for an enterprise name, whose realm the KDC tells', async () => {
    const forest = new TestRealm({ key, realm: 'FOREST.COM' });
    await using root = await KdcServer.start(() => forest.error(68, undefined, 'EXAMPLE.COM'));
    const realm = new TestRealm({
      key,
      alter: (parts) => ({ ...parts, reply: { ...parts.reply, client: { type: 1, components: ['alice'] } } }),
    });
    await using server = await KdcServer.start(realm.answer);
    const locator = configuredKdcs({ 'FOREST.COM': [root.address], 'EXAMPLE.COM': [server.address] });
    const client = clientOf([], { user: 'alice@contoso.com', realm: 'forest.com', locator });
    const ticket = await client.getTicket(target);
    assert.deepEqual([ticket.client.components, ticket.clientRealm], [['alice'], 'EXAMPLE.COM']);
    assert.equal(client.principal, 'alice@contoso.com');
    await client.getTicket({ service: 'cifs', host: 'dc1.example.com' });
    assert.deepEqual(realm.granted, [11, 13, 13]);
  });

  it('is not waited for by one who gave up, but by the others', async () => {
    await using server = await KdcServer.start(new TestRealm({ key }).answer);
    const client = clientOf([server]);
    const controller = new AbortController();
    const abandoned = client.getTicket(target, controller.signal);
    const other = client.getTicket(target);
    controller.abort(new TypeError('given up'));
    await assert.rejects(abandoned, TypeError);
    assert.deepEqual((await other).server.components, ['ldap', 'dc1.example.com']);
    await assert.rejects(client.getTicket(target, AbortSignal.abort(new TypeError('too late'))), TypeError);
  });
});

describe('a reply is not used', () => {
  const changes: [string, string, (parts: ReplyParts) => ReplyParts][] = [
    ['ERR_KRB5_REPLY', 'with another nonce', (p) => ({ ...p, part: { ...p.part, nonce: p.part.nonce ^ 1 } })],
    [
      'ERR_KRB5_REPLY',
      'for another client',
      (p) => ({ ...p, reply: { ...p.reply, client: { type: 1, components: ['mallory'] } } }),
    ],
    [
      'ERR_KRB5_REPLY',
      'for a client of another realm',
      (p) => ({ ...p, reply: { ...p.reply, clientRealm: 'EVIL.COM' } }),
    ],
    [
      'ERR_KRB5_REPLY',
      'for another service',
      (p) => ({
        ...p,
        part: { ...p.part, server: { type: 2, components: ['http', 'evil.example.com'] } },
        ticketServer: { type: 2, components: ['http', 'evil.example.com'] },
      }),
    ],
    [
      'ERR_KRB5_REPLY',
      'whose ticket names another service',
      (p) => ({ ...p, ticketServer: { type: 2, components: ['http', 'x'] } }),
    ],
    ['ERR_KRB5_REPLY', 'whose ticket names another realm', (p) => ({ ...p, ticketRealm: 'EVIL.COM' })],
    [
      'ERR_KRB5_REPLY',
      'of another realm',
      (p) => ({ ...p, part: { ...p.part, serverRealm: 'EVIL.COM' }, ticketRealm: 'EVIL.COM' }),
    ],
    ['ERR_KRB5_REPLY', 'with an encryption type that was not offered', (p) => ({ ...p, enctype: 23 })],
    [
      'ERR_KRB5_REPLY',
      'with a session key of a type that was not offered',
      (p) => ({ ...p, part: { ...p.part, key: { enctype: 23, value: new Uint8Array(16) } } }),
    ],
    [
      'ERR_KRB5_REPLY',
      'with a session key that has not the length of its type',
      (p) => ({ ...p, part: { ...p.part, key: { enctype: 17, value: new Uint8Array(8) } } }),
    ],
    ['ERR_KRB5_INTEGRITY', 'encrypted for another use', (p) => ({ ...p, usage: 11 })],
    [
      'ERR_KRB5_REPLY',
      'without the checksum that its flags promise',
      (p) => ({ ...p, part: { ...p.part, flags: 0x0001_0000 } }),
    ],
  ];
  for (const [code, name, change] of changes) {
    it(`${name}, to a sign-in`, async () => {
      await assert.rejects(ask({ alter: (parts) => (isSignIn(parts) ? change(parts) : parts) }), hasCode(code));
    });
    if (name.startsWith('without')) continue;
    it(`${name}, to a request for a service`, async () => {
      await assert.rejects(ask({ alter: (parts) => (isSignIn(parts) ? parts : change(parts)) }), hasCode(code));
    });
  }

  it('that sends the client round in circles', async () => {
    await assert.rejects(ask({ alter: sendBack }), hasCode('ERR_KRB5_REFERRAL'));
  });

  it('to a sign-in that goes round between two realms', async () => {
    await using one = await KdcServer.start(sentOn('ONE.COM', 'TWO.COM'));
    await using two = await KdcServer.start(sentOn('TWO.COM', 'ONE.COM'));
    const locator = configuredKdcs({ 'ONE.COM': [one.address], 'TWO.COM': [two.address] });
    const client = clientOf([], { user: 'alice@contoso.com', realm: 'one.com', locator });
    await assert.rejects(client.getTicket(target), hasCode('ERR_KRB5_REFERRAL'));
  });
});

describe('the checksum over a sign-in request', () => {
  it('is verified', async () => {
    await ask({ alter: proving((request) => request) });
  });

  it('of a request that was altered on the way is refused', async () => {
    await assert.rejects(ask({ alter: proving((request) => request.slice(1)) }), hasCode('ERR_KRB5_REPLY'));
  });
});

describe('a refusal', () => {
  const codes: [number, string][] = [
    [6, 'ERR_KRB5_CLIENT_UNKNOWN'],
    [7, 'ERR_KRB5_SERVICE_UNKNOWN'],
    [12, 'ERR_KRB5_POLICY'],
    [14, 'ERR_KRB5_ETYPE_NOT_SUPPORTED'],
    [18, 'ERR_KRB5_CLIENT_REVOKED'],
    [23, 'ERR_KRB5_KEY_EXPIRED'],
    [24, 'ERR_KRB5_PREAUTH_FAILED'],
    [32, 'ERR_KRB5_TICKET_EXPIRED'],
    [37, 'ERR_KRB5_SKEW'],
    [41, 'ERR_KRB5_SERVICE_KEY'],
    [60, 'ERR_KRB5_KDC'],
    [68, 'ERR_KRB5_WRONG_REALM'],
    [12_345, 'ERR_KRB5_KDC'],
  ];
  for (const [number, code] of codes)
    it(`${number} is ${code}`, async () => {
      await assert.rejects(ask({ refuse: () => number }), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.equal(error.errorCode, number);
        return hasCode(code)(error);
      });
    });

  it('says why, where the domain controller does', async () => {
    // NTSTATUS, little-endian; reserved; flags. [MS-KILE] KERB-EXT-ERROR (2.2.1)
    const lockedOut = Uint8Array.of(0x34, 2, 0, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0);
    const realm = new TestRealm({ key });
    const methodData = encodeMethodData([{ type: 3, value: lockedOut }]);
    // The same fields without the list around them.
    const errorData = methodData.subarray(2);
    for (const data of [methodData, errorData]) {
      await using server = await KdcServer.start(() => realm.error(18, data));
      await assert.rejects(clientOf([server]).getTicket(target), (error) => {
        assert.ok(error instanceof RefusedError);
        assert.equal(error.ntStatus, 0xc000_0234);
        assert.match(error.message, /locked out .*STATUS_ACCOUNT_LOCKED_OUT/);
        return true;
      });
    }
  });

  it('that asks for a proof with no encryption type of ours ends the sign-in', async () => {
    const rc4 = { info: [{ enctype: 23 }] };
    await assert.rejects(ask(rc4), hasCode('ERR_KRB5_ETYPE_NOT_SUPPORTED'));
    await assert.rejects(ask({ info: [] }), hasCode('ERR_KRB5_PREAUTH_UNSUPPORTED'));
  });
});

describe('a KDC', () => {
  it('that does not answer in datagrams is asked over TCP', async () => {
    const realm = new TestRealm({ key });
    await using server = await KdcServer.start((request, protocol) =>
      protocol === 'tcp' ? realm.answer(request) : undefined,
    );
    await clientOf([server]).getTicketGrantingTicket();
    assert.deepEqual(server.requests, ['udp', 'tcp', 'udp', 'tcp']);
  });

  it('whose answer does not fit a datagram is asked over TCP', async () => {
    const realm = new TestRealm({ key });
    await using server = await KdcServer.start((request, protocol) =>
      protocol === 'tcp' ? realm.answer(request) : realm.error(52),
    );
    await clientOf([server]).getTicketGrantingTicket();
    assert.deepEqual(server.requests, ['udp', 'tcp', 'udp', 'tcp']);
  });

  it('is asked over TCP alone where the configuration says so', async () => {
    await using server = await KdcServer.start(new TestRealm({ key }).answer);
    await clientOf([server], { protocol: 'tcp' }).getTicket(target);
    assert.deepEqual([...new Set(server.requests)], ['tcp']);
  });

  it('that is silent, or cannot answer now, is left for another one, which is asked first from then on', async () => {
    const realm = new TestRealm({ key });
    await using silent = await KdcServer.start(() => undefined);
    await using busy = await KdcServer.start(() => realm.error(29));
    await using good = await KdcServer.start(realm.answer);
    await clientOf([silent, busy, good]).getTicket(target);
    assert.deepEqual(silent.requests, ['udp', 'tcp']);
    assert.deepEqual(busy.requests, ['udp']);
    assert.deepEqual(good.requests, ['udp', 'udp', 'udp']);
  });

  it('that cannot answer now is named as such when there is no other', async () => {
    await using busy = await KdcServer.start(() => new TestRealm({ key }).error(29));
    await assert.rejects(clientOf([busy]).getTicket(target), hasCode('ERR_KRB5_KDC'));
  });

  it('that nobody runs is unreachable', async () => {
    const server = await KdcServer.start(() => undefined);
    const client = clientOf([server]);
    await server[Symbol.asyncDispose]();
    await assert.rejects(client.getTicket(target), hasCode('ERR_KRB5_KDC_UNREACHABLE'));
  });

  it('that sends an absurd length, too little or too much is not believed', async () => {
    const frames = [
      (): Uint8Array => Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x7e),
      (answer: Uint8Array): Uint8Array => Uint8Array.of(0, 0, 0, answer.length + 1, ...answer),
      (answer: Uint8Array): Uint8Array => Uint8Array.of(0, 0, 0, answer.length - 1, ...answer),
      (): Uint8Array => Uint8Array.of(0, 0),
    ];
    const answer = new TestRealm({ key }).error(6);
    for (const frame of frames) {
      await using server = await KdcServer.start(() => answer, frame);
      const client = clientOf([server], { protocol: 'tcp' });
      await assert.rejects(client.getTicket(target), hasCode('ERR_KRB5_KDC_UNREACHABLE'));
    }
  });

  it('that answers with something else gives a named error', async () => {
    const realm = new TestRealm({ key });
    const badMethodData = realm.error(25, Uint8Array.of(0x30, 5));
    const badInfo = realm.error(25, encodeMethodData([{ type: 19, value: Uint8Array.of(1) }]));
    const garbage = [Uint8Array.of(0x6b, 0x84, 0xff, 0xff, 0xff, 0xff), Uint8Array.of(0x30, 0), Uint8Array.of(0x7e, 0)];
    for (const answer of [...garbage, badMethodData, badInfo]) {
      await using server = await KdcServer.start(() => answer);
      await assert.rejects(clientOf([server]).getTicket(target), hasCode('ERR_KRB5_REPLY'), 'to a sign-in');
    }
    for (const answer of garbage) {
      await using server = await KdcServer.start((request) => (request[0] === 0x6c ? answer : realm.answer(request)));
      await assert.rejects(
        clientOf([server]).getTicket(target),
        hasCode('ERR_KRB5_REPLY'),
        'to a request for a service',
      );
    }
  });

  it('cannot make the key of a password easy or endless to derive', async () => {
    for (const [enctype, iterations, code] of [
      [17, 4095, 'ERR_KRB5_REPLY'],
      [18, 1, 'ERR_KRB5_REPLY'],
      [19, 32_767, 'ERR_KRB5_REPLY'],
      [18, 0x0020_0000, 'ERR_KRB5_KEY'],
      [18, 0, 'ERR_KRB5_KEY'],
    ] as const) {
      const parameters = new Uint8Array(4);
      new DataView(parameters.buffer).setUint32(0, iterations);
      const realm = new TestRealm({ key, info: [{ enctype, salt: 'salt', parameters }] });
      await using server = await KdcServer.start(realm.answer);
      const client = clientOf([server], { credential: { password: 'password' } });
      await assert.rejects(client.getTicket(target), hasCode(code), `${iterations} iterations`);
      assert.equal(server.requests.length, 1, 'no proof was sent');
    }
  });

  it('may be named for a realm in any case', async () => {
    await using server = await KdcServer.start(new TestRealm({ key }).answer);
    await clientOf([], { locator: configuredKdcs({ 'example.com': [server.address] }) }).getTicket(target);
  });
});

describe('a configuration', () => {
  it('without a usable name, address, key or ticket is refused before anything is sent', async () => {
    for (const user of ['', '@EXAMPLE.COM', 'alice/', 'alice@'])
      assert.throws(() => clientOf([], { user }), hasCode('ERR_KRB5_CONFIGURATION'), user);
    for (const address of ['', 'a:b', 'host:0', 'host:70000', '[::1'])
      assert.throws(() => configuredKdcs({ X: [address] }), hasCode('ERR_KRB5_CONFIGURATION'), address);
    const locator = configuredKdcs({ 'EXAMPLE.COM': ['[::1]:1'] });
    const rc4 = { enctype: 23, value: new Uint8Array(16) };
    const cases: [string, Partial<KerberosClientOptions>][] = [
      ['ERR_KRB5_KEYTAB', { credential: { keytab: [] } }],
      ['ERR_KRB5_KEYTAB', { credential: { key: rc4 } }],
      ['ERR_KRB5_CCACHE', { credential: undefined }],
      ['ERR_KRB5_REALM_UNKNOWN', { realm: 'other.com' }],
    ];
    for (const [code, more] of cases)
      await assert.rejects(clientOf([], { locator, ...more }).getTicket(target), hasCode(code));
  });

  it('that leaves no encryption type is refused', () => {
    assert.throws(() => clientOf([], { enctypes: [23] }), hasCode('ERR_KRB5_CONFIGURATION'));
  });

  it('may allow rc4-hmac', async () => {
    const rc4 = { enctype: 23, value: new Uint8Array(16).fill(9) };
    await ask({ key: rc4 }, { allowRc4: true, credential: { key: rc4 } });
  });
});
