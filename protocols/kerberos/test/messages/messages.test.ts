import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { explicit, integer } from '@ad-protocols/asn1';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { decodeApReply, decodeEncApRepPart, encodeApReply, encodeEncApRepPart } from '../../src/messages/ap-reply.ts';
import { decodeApRequest, encodeApRequest } from '../../src/messages/ap-request.ts';
import { decodeAuthenticator, encodeAuthenticator } from '../../src/messages/authenticator.ts';
import {
  decodeEncKdcRepPart,
  decodeKdcReply,
  encodeEncKdcRepPart,
  encodeKdcReply,
} from '../../src/messages/kdc-reply.ts';
import {
  decodeKdcRequest,
  decodeKdcRequestBody,
  encodeKdcRequest,
  encodeKdcRequestBody,
} from '../../src/messages/kdc-request.ts';
import { decodeKrbError, encodeKrbError, ntStatusOf } from '../../src/messages/krb-error.ts';
import { encodeMessage } from '../../src/messages/message.ts';
import {
  decodeEtypeInfo,
  decodeEtypeInfo2,
  decodeMethodData,
  decodePaTimestamp,
  encodeEtypeInfo2,
  encodePacRequest,
  encodePaTimestamp,
} from '../../src/messages/pre-authentication.ts';
import { formatPrincipal } from '../../src/messages/principal-name.ts';
import { decodeTicket, encodeTicket } from '../../src/messages/ticket.ts';

const vectors = JSON.parse(readFileSync(path.join(import.meta.dirname, '../kinit.vectors.json'), 'utf8')) as Record<
  'firstRequest' | 'preauthenticationRequired' | 'signInRequest' | 'signInReply' | 'ticketRequest' | 'ticketReply',
  string
>;
const bytesOf = (name: keyof typeof vectors): Uint8Array => hex(vectors[name]);

const refused = ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED'];
const alice = { type: 1, components: ['alice'] };
const ldap = { type: 2, components: ['ldap', 'dc1.example.com'] };
const time = Date.UTC(2026, 10, 22, 12, 0, 1);
const key = { enctype: 18, value: new Uint8Array(32).fill(3) };

describe('what MIT and Samba send', () => {
  it('is read, and written again byte for byte: requests', () => {
    for (const [name, type] of [
      ['firstRequest', 10],
      ['signInRequest', 10],
      ['ticketRequest', 12],
    ] as const) {
      const request = decodeKdcRequest(bytesOf(name), type);
      const body = encodeKdcRequestBody(decodeKdcRequestBody(request.body));
      assert.deepEqual(encodeKdcRequest({ ...request, body }), bytesOf(name), name);
      assertEveryTruncationRefused(bytesOf(name), (cut) => decodeKdcRequest(cut, type));
    }
    const [{ value } = { value: new Uint8Array() }] = decodeKdcRequest(bytesOf('ticketRequest'), 12).padata;
    assert.deepEqual(encodeApRequest(decodeApRequest(value)), value);
  });

  it('is read, and written again byte for byte: replies', () => {
    for (const [name, type] of [
      ['signInReply', 11],
      ['ticketReply', 13],
    ] as const) {
      const reply = decodeKdcReply(bytesOf(name), type);
      assert.deepEqual(encodeKdcReply(reply), bytesOf(name), name);
      assert.equal(formatPrincipal(reply.client, reply.clientRealm), 'svc-norights@CORP.CONTOSO.TEST');
      const ticket = decodeTicket(reply.ticket);
      assert.deepEqual(encodeTicket(ticket), reply.ticket);
      assert.equal(ticket.encryptedPart.enctype, 18);
      assertEveryTruncationRefused(bytesOf(name), (cut) => decodeKdcReply(cut, type));
    }
  });

  it('is read: the salt and the types of an account', () => {
    const error = decodeKrbError(bytesOf('preauthenticationRequired'));
    assert.equal(error.errorCode, 25);
    assert.equal(error.realm, 'CORP.CONTOSO.TEST');
    assert.equal(ntStatusOf(error), undefined);
    const info = decodeMethodData(error.data ?? new Uint8Array()).find(({ type }) => type === 19);
    const entries = decodeEtypeInfo2(info?.value ?? new Uint8Array());
    assert.deepEqual([entries[0]?.enctype, entries[0]?.salt], [18, 'CORP.CONTOSO.TESTsvc-norights']);
    assertEveryTruncationRefused(bytesOf('preauthenticationRequired'), decodeKrbError);
  });
});

describe('messages', () => {
  const encrypted = { enctype: 18, kvno: 0xffff_0001, cipher: Uint8Array.of(1, 2, 3) };
  const authenticator = {
    clientRealm: 'EXAMPLE.COM',
    client: alice,
    checksum: { type: 0x8003, value: new Uint8Array(24) },
    time,
    microseconds: 999_999,
    subkey: key,
    sequenceNumber: 0xffff_fffe,
    authorizationData: [{ type: 1, data: Uint8Array.of(5) }],
  };
  const error = {
    errorCode: 18,
    serverTime: time,
    serverMicroseconds: 5,
    clientRealm: 'EXAMPLE.COM',
    client: alice,
    realm: 'EXAMPLE.COM',
    server: ldap,
    text: 'locked',
    data: Uint8Array.of(1),
  };
  const part = {
    key,
    nonce: 0x7fff_ffff,
    keyExpiration: time,
    flags: 0xff00_00ff,
    authTime: time,
    startTime: time,
    endTime: time + 1000,
    renewTill: time + 2000,
    serverRealm: 'EXAMPLE.COM',
    server: ldap,
    addresses: undefined,
    encryptedPadata: [{ type: 149, value: new Uint8Array() }],
  };
  const body = {
    options: 0x4081_0010,
    client: alice,
    realm: 'EXAMPLE.COM',
    server: ldap,
    from: time,
    till: time,
    renewTill: time,
    nonce: 1,
    enctypes: [18, -135],
    encryptedAuthorizationData: encrypted,
    additionalTickets: [encodeTicket({ realm: 'EXAMPLE.COM', server: ldap, encryptedPart: encrypted })],
  };
  const apReply = { time, microseconds: 1, subkey: key, sequenceNumber: 7 };
  const etypes = [{ enctype: 18, salt: 'Überraschung', parameters: Uint8Array.of(0, 0, 16, 0) }];
  const stamp = { time, microseconds: 7 };

  const roundTrips: [string, unknown, Uint8Array, (bytes: Uint8Array) => unknown][] = [
    ['Authenticator', authenticator, encodeAuthenticator(authenticator), decodeAuthenticator],
    ['KRB-ERROR', error, encodeKrbError(error), decodeKrbError],
    ['EncKDCRepPart', part, encodeEncKdcRepPart(part, 11), decodeEncKdcRepPart],
    ['KDC-REQ-BODY', body, encodeKdcRequestBody(body), decodeKdcRequestBody],
    ['AP-REP', encrypted, encodeApReply(encrypted), decodeApReply],
    ['EncAPRepPart', apReply, encodeEncApRepPart(apReply), decodeEncApRepPart],
    ['ETYPE-INFO2', etypes, encodeEtypeInfo2(etypes), decodeEtypeInfo2],
    ['PA-ENC-TS-ENC', stamp, encodePaTimestamp(stamp), decodePaTimestamp],
  ];
  for (const [name, value, bytes, decode] of roundTrips)
    it(`${name} comes back as it was written, and not when it is cut short or followed by more`, () => {
      assert.deepEqual(decode(bytes), value);
      assertEveryTruncationRefused(bytes, decode);
      assert.throws(() => decode(Uint8Array.of(...bytes, 0)), { code: 'ERR_WIRE_MALFORMED' });
    });

  it('give a value or a named error for any change of a byte', () => {
    fc.assert(
      fc.property(fc.nat({ max: roundTrips.length - 1 }), fc.nat(), fc.nat({ max: 255 }), (which, at, byte) => {
        const [, , bytes = new Uint8Array(), decode = String] = roundTrips[which] ?? [];
        const changed = bytes.slice();
        changed[at % bytes.length] = byte;
        try {
          decode(changed);
        } catch (caught) {
          assert.ok(
            caught instanceof Error && 'code' in caught && refused.includes(String(caught.code)),
            String(caught),
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('with a control character in a name are refused', () => {
    for (const text of ['EXAMPLE\nCOM', 'EXAMPLE.COM\0', 'EXAMPLE\u0085COM']) {
      const bytes = encodeKrbError({
        errorCode: 68,
        serverTime: 0,
        serverMicroseconds: 0,
        clientRealm: text,
        realm: 'EXAMPLE.COM',
        server: { type: 2, components: ['krbtgt', 'EXAMPLE.COM'] },
      });
      assert.throws(() => decodeKrbError(bytes), { code: 'ERR_WIRE_MALFORMED' }, JSON.stringify(text));
    }
  });

  it('of another version or type are refused', () => {
    for (const fields of [
      [explicit(0, integer(4)), explicit(1, integer(15))],
      [explicit(0, integer(5)), explicit(1, integer(14))],
    ])
      assert.throws(() => decodeApReply(encodeMessage(15, fields)), { code: 'ERR_WIRE_MALFORMED' });
  });

  it('have the bytes of the specification', () => {
    // [MS-KILE] KERB-PA-PAC-REQUEST (2.2.3): SEQUENCE { include-pac [0] BOOLEAN }
    assert.deepEqual(encodePacRequest(true), hex('3005a0030101ff'));
    // ETYPE-INFO: SEQUENCE OF SEQUENCE { etype [0], salt [1] OCTET STRING }
    assert.deepEqual(decodeEtypeInfo(hex('300c 300a a003020117 a1030401 61')), [{ enctype: 23, salt: 'a' }]);
    // Numbers that some implementations write as negative ones.
    assert.equal(
      decodeEncApRepPart(
        encodeMessage(27, [
          { tag: 0xa0, content: hex('180f32303236313132323132303030315a') },
          explicit(1, integer(0)),
          explicit(3, integer(-2)),
        ]),
      ).sequenceNumber,
      0xffff_fffe,
    );
  });

  it('name principals as people write them', () => {
    assert.equal(formatPrincipal(ldap, 'EXAMPLE.COM'), 'ldap/dc1.example.com@EXAMPLE.COM');
    assert.equal(formatPrincipal({ type: 10, components: ['a@b/c'] }, 'X'), String.raw`a\@b\/c@X`);
  });
});
