import assert from 'node:assert/strict';
import type { SrvRecord } from 'node:dns';
import { describe, it } from 'node:test';
import { configuredKdcs, dnsKdcs, lookupServices } from '@ad-protocols/kerberos';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { parseKdcAddress } from '../../src/transport/kdc-address.ts';
import { orderServiceRecords } from '../../src/transport/service-records.ts';
import { decodeServiceAnswer, encodeServiceQuery } from '../../src/transport/service-query.ts';
import { KdcServer } from '../peer/kdc-server.ts';

// Recorded from Samba 4.17.12's DNS server, which compresses the target.
const query = hex(
  '313a01000001000000000000095f6b65726265726f73045f75647004636f727007636f6e746f736f04746573740000210001',
);
const answer = hex(
  `313a85000001000100010000095f6b65726265726f73045f75647004636f727007636f6e746f736f04746573740000210001
   c00c0021000100000384001100000064005808636f72702d646331c01b
   c01b0006000100000e100023c0440a686f73746d6173746572c01b0000000100000384000002580001518000000e10`,
);

const record = (name: string, priority: number, weight: number): SrvRecord => ({ name, priority, weight, port: 88 });

const recordsFor = (request: Uint8Array, flags: string): Uint8Array =>
  Buffer.concat([request.subarray(0, 2), hex(flags), answer.subarray(4)]);

describe('service records', () => {
  it('are asked for and read as Samba sends them', () => {
    assert.deepEqual(encodeServiceQuery(0x313a, '_kerberos._udp.corp.contoso.test'), query);
    assert.deepEqual(decodeServiceAnswer(answer, 0x313a), {
      truncated: false,
      records: [{ priority: 0, weight: 100, port: 88, name: 'corp-dc1.corp.contoso.test' }],
    });
  });

  it('are not asked for under a name that DNS cannot have', () => {
    encodeServiceQuery(1, `_kerberos._udp.${'x'.repeat(63)}.test`);
    assert.throws(() => encodeServiceQuery(1, `_kerberos._udp.${'x'.repeat(64)}.test`), RangeError);
  });

  it('of another query, cut short, or with a name without an end are refused', () => {
    assert.throws(() => decodeServiceAnswer(answer, 0x313b), { code: 'ERR_WIRE_MALFORMED' });
    assert.throws(() => decodeServiceAnswer(query, 0x313a), { code: 'ERR_WIRE_MALFORMED' });
    // The authority section at the end is not read.
    assertEveryTruncationRefused(answer.slice(0, 79), (cut) => decodeServiceAnswer(cut, 0x313a));
    const loop = hex('000180000001000000000000 c00c 00210001');
    assert.throws(() => decodeServiceAnswer(loop, 1), { code: 'ERR_WIRE_MALFORMED' });
    assert.throws(() => decodeServiceAnswer(hex('000180000001000000000000 80'), 1), { code: 'ERR_WIRE_MALFORMED' });
  });

  it('of any bytes give an answer or a named error', () => {
    fc.assert(
      fc.property(fc.nat({ max: answer.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const changed = answer.slice();
        changed[at] = byte;
        try {
          decodeServiceAnswer(changed, 0x313a);
        } catch (error) {
          assert.ok(
            error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_WIRE_'),
            String(error),
          );
        }
      }),
    );
  });

  it('are ordered by priority, and by chance in the proportion of weights', () => {
    const records = [record('c', 20, 0), record('a', 10, 60), record('b', 10, 20), record('z', 10, 0)];
    const names = (random: number): string =>
      orderServiceRecords(records, () => random)
        .map(({ name }) => name)
        .join('');
    // RFC 2782: a number from 0 to the sum, 80; the first record whose running sum is not less.
    assert.equal(names(0), 'zabc');
    assert.equal(names(0.5), 'abzc');
    assert.equal(names(0.99), 'bazc');
    assert.deepEqual(orderServiceRecords([], Math.random), []);
  });
});

describe('the service records of a name', () => {
  it('come from the first server that answers', async () => {
    await using server = await KdcServer.start(
      (request) => recordsFor(request, '8500'),
      (bytes) => Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length), bytes]),
    );
    await using broken = await KdcServer.start(
      () => hex('00'),
      (bytes) => bytes,
    );
    const servers = [broken.address, server.address];
    assert.deepEqual(await lookupServices('_kerberos._udp.corp.contoso.test', { servers }), [
      { priority: 0, weight: 100, port: 88, name: 'corp-dc1.corp.contoso.test' },
    ]);
    await assert.rejects(lookupServices('_ldap._tcp.corp.contoso.test', { servers: [broken.address] }), {
      code: 'ERR_WIRE_TRUNCATED',
    });
    assert.deepEqual(await lookupServices('_ldap._tcp.corp.contoso.test', { servers: [] }), []);
  });
});

describe('the KDCs of a realm', () => {
  it('are those of DNS, over TCP where a datagram is too small', async () => {
    await using server = await KdcServer.start(
      (request, protocol) => recordsFor(request, protocol === 'udp' ? '8700' : '8500'),
      (bytes) => Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length), bytes]),
    );
    // The target has no address there, so that what is asked is all there is to see.
    await assert.rejects(dnsKdcs({ servers: [server.address] }).locate('CORP.CONTOSO.TEST'), {
      code: 'ERR_KRB5_REALM_UNKNOWN',
    });
    assert.equal(server.requests[0], 'udp');
    assert.equal(server.requests[1], 'tcp');
  });

  it('are those of the configuration, and for other realms those of DNS', async () => {
    const dns = { locate: async () => await Promise.resolve([parseKdcAddress('dns')]) };
    const locator = configuredKdcs({ A: ['one', 'two:89', '[::1]:90', '2001:db8::1'], EMPTY: [] }, dns);
    assert.deepEqual(await locator.locate('A'), [
      { host: 'one', port: 88 },
      { host: 'two', port: 89 },
      { host: '::1', port: 90 },
      { host: '2001:db8::1', port: 88 },
    ]);
    assert.deepEqual(await locator.locate('EMPTY'), [{ host: 'dns', port: 88 }]);
    assert.deepEqual(await locator.locate('B'), [{ host: 'dns', port: 88 }]);
  });
});
