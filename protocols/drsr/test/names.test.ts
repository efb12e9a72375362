import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { crackedNames, crackNamesQuery, type NamesToCrack } from '../src/crack-names/crack-names.ts';
import {
  decodeCrackNamesReply,
  encodeCrackNamesReply,
  type CrackNamesReply,
} from '../src/crack-names/crack-names-reply.ts';
import { decodeCrackNamesRequest, encodeCrackNamesRequest } from '../src/crack-names/crack-names-request.ts';
import {
  decodeDomainControllerInfoReply,
  encodeDomainControllerInfoReply,
} from '../src/domain-controller-info/domain-controller-info-reply.ts';
import {
  decodeDomainControllerInfoRequest,
  encodeDomainControllerInfoRequest,
} from '../src/domain-controller-info/domain-controller-info-request.ts';
import { DrsError } from '../src/errors.ts';
import * as random from './differential/arbitraries.ts';

const query = (names: readonly string[]): unknown =>
  crackNamesQuery({ formatOffered: 'nt4AccountName', formatDesired: 'distinguishedName', names });
const codes = ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED'];
/** Encoding and decoding agree, and no shorter input is taken for the whole. */
function assertInverse<Value>(
  arbitrary: fc.Arbitrary<Value>,
  encode: (value: Value) => Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      const bytes = encode(value);
      assert.deepEqual(decode(bytes), value);
      assertEveryTruncationRefused(bytes, decode, codes);
    }),
    { numRuns: 40 },
  );
}

function assertSurvivesGarbage(decode: (bytes: Uint8Array) => unknown): void {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
      for (const start of ['', '0100000001000000', '0300000003000000']) {
        try {
          decode(Uint8Array.from([...hex(start), ...garbage]));
        } catch (error) {
          assert.ok(codes.includes(String((error as { code?: string }).code)), String(error));
        }
      }
    }),
  );
}

for (const syntax of ['ndr', 'ndr64'] as const) {
  describe(`in ${syntax}`, () => {
    it('requests for names come back as they were', () =>
      assertInverse(
        random.namesRequest,
        (request) => encodeCrackNamesRequest(request, syntax),
        (bytes) => decodeCrackNamesRequest(bytes, syntax),
      ));

    it('replies with names come back as they were', () =>
      assertInverse(
        random.namesReply,
        (reply) => encodeCrackNamesReply(reply, syntax),
        (bytes) => decodeCrackNamesReply(bytes, syntax),
      ));

    it('requests for domain controllers come back as they were', () =>
      assertInverse(
        random.controllersRequest,
        (request) => encodeDomainControllerInfoRequest(request, syntax),
        (bytes) => decodeDomainControllerInfoRequest(bytes, syntax),
      ));

    it('replies with domain controllers come back as they were', () =>
      assertInverse(
        random.controllersReply,
        (reply) => encodeDomainControllerInfoReply(reply, syntax),
        (bytes) => decodeDomainControllerInfoReply(bytes, syntax),
      ));

    it('garbage is refused', () => {
      assertSurvivesGarbage((bytes) => decodeCrackNamesRequest(bytes, syntax));
      assertSurvivesGarbage((bytes) => decodeCrackNamesReply(bytes, syntax));
      assertSurvivesGarbage((bytes) => decodeDomainControllerInfoRequest(bytes, syntax));
      assertSurvivesGarbage((bytes) => decodeDomainControllerInfoReply(bytes, syntax));
    });
  });
}

const asked = (count: number): NamesToCrack => ({
  formatOffered: 'sidOrSidHistory',
  formatDesired: 'nt4AccountName',
  names: Array.from({ length: count }, () => 'S-1-5-32-544'),
});

describe('names to translate', () => {
  it('become the request of [MS-DRSR] 4.1.4.4.2', () =>
    assert.deepEqual(query(['CONTOSO\\kimakers']), {
      flags: 0,
      formatOffered: 2,
      formatDesired: 1,
      names: ['CONTOSO\\kimakers'],
    }));

  it('are at least one and at most 10,000', () => {
    assert.throws(() => query([]), RangeError);
    assert.throws(() => query(Array.from({ length: 10_001 }, () => 'x')), RangeError);
  });

  it('get a status each', () => {
    const items = [
      { status: 0, domain: 'contoso.com', name: 'CN=Kim Akers' },
      { status: 2 },
      { status: 0xffff_fff9, name: 'CONTOSO\\kimakers' },
    ];
    assert.deepEqual(crackedNames(asked(3), { items, status: 0 }), [
      { status: 'ok', domain: 'contoso.com', name: 'CN=Kim Akers' },
      { status: 'notFound' },
      { status: 'sidUser', name: 'CONTOSO\\kimakers' },
    ]);
  });

  const refused: [what: string, count: number, items: CrackNamesReply['items']][] = [
    ['a status that does not exist', 1, [{ status: 99 }]],
    ['fewer names than were asked for', 2, [{ status: 0, name: 'CONTOSO\\a' }]],
    ['more names than were asked for', 1, [{ status: 2 }, { status: 0, name: 'CONTOSO\\a' }]],
  ];
  for (const [what, count, items] of refused) {
    it(`do not get ${what}`, () =>
      assert.throws(
        () => crackedNames(asked(count), { items, status: 0 }),
        (error) => error instanceof DrsError && error.code === 'ERR_DRSR_REPLY',
      ));
  }

  it('may be listed in any number', () => {
    const list: NamesToCrack = { formatOffered: 'listSites', formatDesired: 'distinguishedName', names: [''] };
    assert.equal(crackedNames(list, { items: [{ status: 0 }, { status: 0 }], status: 0 }).length, 2);
  });
});
