import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DerReader, encodeBer, objectIdentifier } from '@ad-protocols/asn1';
import type { InitiatorStep } from '@ad-protocols/gss';
import { kerberosEnctypes, KerberosMechanism } from '@ad-protocols/kerberos';
import { assertEveryTruncationRefused } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { decodeGssChecksum, encodeGssChecksum } from '../../src/gss/authenticator-checksum.ts';
import { decodeContextToken, encodeContextToken, tokenIds } from '../../src/gss/context-token.ts';
import type { EncApRepPart } from '../../src/messages/ap-reply.ts';
import { readAuthorizationData } from '../../src/messages/authorization-data.ts';
import { encodeKrbError } from '../../src/messages/krb-error.ts';
import { Acceptor, testKey, testTickets } from './acceptor.ts';

const ENCTYPE = kerberosEnctypes['aes256-cts-hmac-sha1-96'];
const target = { service: 'ldap', host: 'dc1.corp.contoso.test' };

function tokenOf(step: InitiatorStep): Uint8Array {
  assert.ok(step.token);
  return step.token;
}

function initiate(dceStyle: boolean, enctype: number = ENCTYPE) {
  return new KerberosMechanism(testTickets(enctype)).initiate({ ...target, dceStyle });
}

/** An initiator that waits for the answer to its request. */
async function started(dceStyle: boolean) {
  const initiator = initiate(dceStyle);
  const token = tokenOf(await initiator.step());
  const request = dceStyle ? token : decodeContextToken(token).body;
  return { initiator, acceptor: new Acceptor(request, testKey(ENCTYPE, 1)) };
}

const text = new TextEncoder().encode('to be protected');

for (const [name, enctype] of Object.entries(kerberosEnctypes)) {
  for (const dceStyle of [false, true]) {
    for (const withSubkey of [false, true]) {
      const how = `${dceStyle ? 'three legs' : 'two legs'}, ${withSubkey ? 'with' : 'without'} an acceptor's subkey`;
      test(`${name}: sign-in in ${how} gives both sides the same context`, async () => {
        const initiator = initiate(dceStyle, enctype);
        const token = tokenOf(await initiator.step());
        const acceptor = new Acceptor(dceStyle ? token : decodeContextToken(token).body, testKey(enctype, 1));
        const subkey = withSubkey ? testKey(enctype, 2) : undefined;
        const reply = acceptor.reply({ subkey });
        const last = await initiator.step(dceStyle ? reply : encodeContextToken(tokenIds.apReply, reply));
        const own = last.context;
        const other = acceptor.context(subkey);
        assert.ok(own);
        assert.deepEqual(own.sessionKey, other.sessionKey);
        assert.deepEqual(new Uint8Array(other.unwrap(own.wrap(text))), text);
        assert.deepEqual(new Uint8Array(own.unwrap(other.wrap(text))), text);
        assert.equal(last.token === undefined, !dceStyle);
        if (last.token === undefined) return;
        const { time, microseconds } = acceptor.authenticator;
        const expected: EncApRepPart = { time, microseconds, subkey: undefined, sequenceNumber: 77 };
        assert.deepEqual(acceptor.openReply(last.token), expected);
      });
    }
  }
}

test('the authenticator asks for all protection, without confidentiality or in DCE style where that is wanted', async () => {
  const cases = [
    { dceStyle: false, confidentiality: undefined, flags: 0x3e },
    { dceStyle: true, confidentiality: true, flags: 0x103e },
    { dceStyle: true, confidentiality: false, flags: 0x102e },
  ];
  for (const { flags, ...how } of cases) {
    const initiator = new KerberosMechanism(testTickets(ENCTYPE)).initiate({ ...target, ...how });
    const token = tokenOf(await initiator.step());
    const acceptor = new Acceptor(how.dceStyle ? token : decodeContextToken(token).body, testKey(ENCTYPE, 1));
    const { checksum, subkey, sequenceNumber = -1, client, clientRealm } = acceptor.authenticator;
    assert.equal(checksum?.type, 0x8003);
    assert.equal(decodeGssChecksum(checksum.value), flags);
    assert.equal(subkey?.value.length, 32);
    assert.ok(sequenceNumber >= 0 && sequenceNumber < 2 ** 30);
    assert.deepEqual(client.components, ['alice']);
    assert.equal(clientRealm, 'CORP.CONTOSO.TEST');
  }
});

test('the authenticator carries the hash of the channel, and says that the client knows of channels', async () => {
  // Microsoft Open Specifications Support Blog, "NTLM and Channel Binding Hash (aka Extended Protection for Authentication)".
  const channelBindings = Buffer.concat([
    Buffer.from('tls-server-end-point:'),
    Buffer.from('ea05fefecc6b0bd571dbbc5baa3ed45386d0446835f7b74c85621b9983475f95', 'hex'),
  ]);
  const initiator = new KerberosMechanism(testTickets(ENCTYPE)).initiate({
    ...target,
    dceStyle: true,
    channelBindings,
  });
  const { authenticator } = new Acceptor(tokenOf(await initiator.step()), testKey(ENCTYPE, 1));
  assert.equal(
    Buffer.from(authenticator.checksum?.value ?? []).toString('hex'),
    '10000000 6586e99d81c2fc984e47172fd4dd0310 3e100000'.replaceAll(' ', ''),
  );
  // AD-IF-RELEVANT around KERB_AP_OPTIONS_CBT. [MS-KILE] AP Exchange (3.2.5.8)
  const [element, ...others] = authenticator.authorizationData ?? [];
  assert.deepEqual([element?.type, others.length], [1, 0]);
  const inner = readAuthorizationData(new DerReader(element?.data ?? new Uint8Array(), 'AD-IF-RELEVANT'));
  assert.deepEqual(inner, [{ type: 143, data: Uint8Array.of(0, 0x40, 0, 0) }]);
});

test('a sign-in that is given up wipes its sub-key and is over', async () => {
  const { initiator, acceptor } = await started(true);
  initiator.abandon?.();
  await assert.rejects(initiator.step(acceptor.reply()), { code: 'ERR_GSS_TOKEN' });
  await assert.rejects(initiator.step(), { code: 'ERR_GSS_TOKEN' }, 'does not begin anew');
});

test("the authenticator's time is the KDC's", async () => {
  const offset = 3_600_000;
  const initiator = new KerberosMechanism(testTickets(ENCTYPE, offset)).initiate({ ...target, dceStyle: true });
  const { time } = new Acceptor(tokenOf(await initiator.step()), testKey(ENCTYPE, 1)).authenticator;
  assert.ok(Math.abs(time - Date.now() - offset) < 5000);
});

const wrongReplies: readonly (readonly [what: string, changes: Partial<EncApRepPart>, code: string])[] = [
  ['another time', { time: 0 }, 'ERR_KRB5_REPLY'],
  ['other microseconds', { microseconds: 999_999 }, 'ERR_KRB5_REPLY'],
  ['no sequence number', { sequenceNumber: undefined }, 'ERR_KRB5_REPLY'],
  ['a subkey of an unknown type', { subkey: { enctype: 3, value: new Uint8Array(8) } }, 'ERR_KRB5_ENCTYPE'],
  ['an AES subkey of wrong length', { subkey: { enctype: 18, value: new Uint8Array(16) } }, 'ERR_KRB5_KEY'],
  ['an RC4 subkey of wrong length', { subkey: { enctype: 23, value: new Uint8Array(32) } }, 'ERR_KRB5_KEY'],
];

for (const [what, changes, code] of wrongReplies) {
  test(`an answer with ${what} is refused`, async () => {
    const { initiator, acceptor } = await started(true);
    await assert.rejects(initiator.step(acceptor.reply(changes)), { code });
  });
}

test('an answer under another key is refused', async () => {
  const { initiator } = await started(true);
  const other = initiate(true);
  const request = tokenOf(await other.step());
  const acceptor = new Acceptor(request, testKey(ENCTYPE, 1));
  await assert.rejects(initiator.step(acceptor.reply()), { code: 'ERR_KRB5_REPLY' }, 'to another request');

  const again = await started(true);
  const reply = again.acceptor.reply();
  reply[reply.length - 1] = (reply.at(-1) ?? 0) ^ 1;
  await assert.rejects(again.initiator.step(reply), { code: 'ERR_KRB5_INTEGRITY' });
});

for (const dceStyle of [false, true]) {
  test(`a KRB-ERROR in place of the answer gives its error, DCE style ${dceStyle}`, async () => {
    const error = encodeKrbError({
      errorCode: 37,
      serverTime: 1_700_000_000_000,
      serverMicroseconds: 0,
      realm: 'CORP.CONTOSO.TEST',
      server: { type: 2, components: ['ldap', 'dc1.corp.contoso.test'] },
    });
    const framed = await started(dceStyle);
    const token = encodeContextToken(tokenIds.krbError, error);
    await assert.rejects(framed.initiator.step(token), { code: 'ERR_KRB5_SKEW', serverTime: 1_700_000_000_000 });
    const bare = await started(dceStyle);
    await assert.rejects(bare.initiator.step(error), { code: 'ERR_KRB5_SKEW' });
  });
}

test('a token out of turn is refused', async () => {
  const early = initiate(false);
  await assert.rejects(early.step(new Uint8Array(3)), { code: 'ERR_GSS_TOKEN' });
  const { initiator, acceptor } = await started(false);
  const request = encodeContextToken(tokenIds.apRequest, acceptor.reply());
  await assert.rejects(initiator.step(request), { code: 'ERR_GSS_TOKEN' });
  await assert.rejects(initiator.step(request), { code: 'ERR_GSS_TOKEN' }, 'after the end');
  const dce = await started(true);
  const framed = encodeContextToken(tokenIds.apReply, dce.acceptor.reply());
  await assert.rejects(dce.initiator.step(framed), { code: 'ERR_GSS_TOKEN' }, 'framed in DCE style');
});

test('an answer cut short is refused wherever it is cut', async () => {
  for (const dceStyle of [false, true]) {
    const { acceptor } = await started(dceStyle);
    const reply = acceptor.reply();
    const token = dceStyle ? reply : encodeContextToken(tokenIds.apReply, reply);
    for (let length = 0; length < token.length; length += 1) {
      const { initiator } = await started(dceStyle);
      await assert.rejects(initiator.step(token.slice(0, length)), { code: 'ERR_GSS_TOKEN' }, `${length} bytes`);
    }
  }
});

test('garbage in place of the answer is refused', async () => {
  const garbage = fc.tuple(fc.constantFrom(0x60, 0x6f, 0x7e, 0x30), fc.uint8Array({ maxLength: 60 }));
  await fc.assert(
    fc.asyncProperty(garbage, fc.boolean(), async ([first, rest], dceStyle) => {
      const { initiator } = await started(dceStyle);
      await assert.rejects(initiator.step(Uint8Array.of(first, ...rest)), { code: /^ERR_(GSS|KRB5)_/ });
    }),
    { numRuns: 50 },
  );
});

test('the framing names the mechanism, and nothing else is taken for it', () => {
  const token = encodeContextToken(tokenIds.apRequest, Uint8Array.of(1, 2, 3));
  assert.deepEqual(decodeContextToken(token), { tokenId: 0x0100, body: Uint8Array.of(1, 2, 3) });
  assertEveryTruncationRefused(token, decodeContextToken);
  const ntlm = encodeBer(objectIdentifier('1.3.6.1.4.1.311.2.2.10'));
  const malformed = { code: 'ERR_WIRE_MALFORMED' };
  assert.throws(() => decodeContextToken(Uint8Array.of(0x60, ntlm.length + 2, ...ntlm, 1, 0)), malformed);
  assert.throws(() => decodeContextToken(Uint8Array.of(...token, 0)), malformed);
  assert.throws(() => decodeContextToken(token.with(0, 0x61)), malformed);
});

test('the content of the checksum has 24 bytes and no channel bindings', () => {
  const value = encodeGssChecksum(0x103e);
  assert.equal(Buffer.from(value).toString('hex'), `10000000${'00'.repeat(16)}3e100000`);
  assertEveryTruncationRefused(value, decodeGssChecksum);
  assert.throws(() => decodeGssChecksum(value.with(0, 15)), { code: 'ERR_WIRE_MALFORMED' });
});
