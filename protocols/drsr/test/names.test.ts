import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { parseGuid } from '@ad-protocols/wire';
import * as fc from 'fast-check';
import { crackedNames, crackNamesQuery } from '../src/crack-names/crack-names.ts';
import { decodeCrackNamesReply, encodeCrackNamesReply } from '../src/crack-names/crack-names-reply.ts';
import { decodeCrackNamesRequest, encodeCrackNamesRequest } from '../src/crack-names/crack-names-request.ts';
import {
  decodeDomainControllerInfoReply,
  encodeDomainControllerInfoReply,
  type DomainControllerInfoReply,
} from '../src/domain-controller-info/domain-controller-info-reply.ts';
import {
  decodeDomainControllerInfoRequest,
  encodeDomainControllerInfoRequest,
} from '../src/domain-controller-info/domain-controller-info-request.ts';
import { DrsError } from '../src/errors.ts';

const handle = hex('00000000 0102030405060708090a0b0c0d0e0f10');
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const query = (names: readonly string[]): unknown =>
  crackNamesQuery({ formatOffered: 'nt4AccountName', formatDesired: 'distinguishedName', names });
const codes = ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED'];
const plain = { noNullPrototype: true } as const;
const number = fc.integer({ min: 0, max: 0xffff_ffff });
const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', ',', '-', 'ä', 'ß', '€', '漢'), maxLength: 30 });
const someNames = fc.array(text, { minLength: 1, maxLength: 5 });
const crackRequest = fc.record(
  { handle: fc.constant(handle), flags: number, formatOffered: number, formatDesired: number, names: someNames },
  plain,
);
const item = fc.record({ status: number, domain: text, name: text }, { requiredKeys: ['status'], ...plain });
const guid = fc.uuid().map(parseGuid);
const name = fc.option(text, { nil: undefined });
const level1 = {
  netbiosName: name,
  dnsHostName: name,
  siteName: name,
  computerDn: name,
  serverDn: name,
  isPdc: fc.boolean(),
  isEnabled: fc.boolean(),
};
const level2 = {
  ...level1,
  siteDn: name,
  dsaDn: name,
  isGlobalCatalog: fc.boolean(),
  siteGuid: guid,
  computerGuid: guid,
  serverGuid: guid,
  dsaGuid: guid,
};
const infoOf = <Level extends 1 | 2 | 3>(
  level: Level,
  items: fc.Arbitrary<DomainControllerInfoReply<Level>['items'][number]>,
): fc.Arbitrary<DomainControllerInfoReply> =>
  fc.record({ level: fc.constant(level), items: fc.array(items, { maxLength: 4 }), status: number }, plain);
const infoReply: fc.Arbitrary<DomainControllerInfoReply> = fc.oneof(
  infoOf(1, fc.record(level1, plain)),
  infoOf(2, fc.record(level2, plain)),
  infoOf(3, fc.record({ ...level2, isReadOnly: fc.boolean() }, plain)),
);

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
        crackRequest,
        (request) => encodeCrackNamesRequest(request, syntax),
        (bytes) => decodeCrackNamesRequest(bytes, syntax),
      ));

    it('replies with names come back as they were', () =>
      assertInverse(
        fc.record({ items: fc.array(item, { maxLength: 5 }), status: number }, plain),
        (reply) => encodeCrackNamesReply(reply, syntax),
        (bytes) => decodeCrackNamesReply(bytes, syntax),
      ));

    it('requests for domain controllers come back as they were', () =>
      assertInverse(
        fc.record({ handle: fc.constant(handle), domain: text, level: number }, plain),
        (request) => encodeDomainControllerInfoRequest(request, syntax),
        (bytes) => decodeDomainControllerInfoRequest(bytes, syntax),
      ));

    it('replies with domain controllers come back as they were', () =>
      assertInverse(
        infoReply,
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
    assert.deepEqual(
      crackedNames({ items, status: 0 }).map((cracked) => cracked.status),
      ['ok', 'notFound', 'sidUser'],
    );
  });

  it('do not get a status that does not exist', () =>
    assert.throws(
      () => crackedNames({ items: [{ status: 99 }], status: 0 }),
      (error) => error instanceof DrsError && error.code === 'ERR_DRSR_REPLY',
    ));
});

describe("what Samba's own codec says about names and domain controllers", () => {
  let samba: ChildProcessByStdio<Writable, Readable, null>;
  let answers: AsyncIterator<string>;
  before(() => {
    samba = spawn('/usr/bin/python3', [path.join(import.meta.dirname, 'samba-names.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    answers = createInterface({ input: samba.stdout })[Symbol.asyncIterator]();
  });
  after(async () => {
    samba.stdin.end();
    await once(samba, 'exit');
  });

  async function ask(command: unknown): Promise<unknown> {
    samba.stdin.write(`${JSON.stringify(command)}\n`);
    return JSON.parse(String((await answers.next()).value));
  }

  for (const syntax of ['ndr', 'ndr64'] as const) {
    const ndr64 = syntax === 'ndr64';
    it(`is what our requests say, in ${syntax}`, async () => {
      for (const { handle: _, ...request } of fc.sample(crackRequest, 30)) {
        const stub = hexOf(encodeCrackNamesRequest({ handle, ...request }, syntax));
        assert.deepEqual(await ask({ do: 'crackRequest', stub, ndr64 }), request);
      }
      for (const domain of fc.sample(text, 30)) {
        const stub = hexOf(encodeDomainControllerInfoRequest({ handle, domain, level: 3 }, syntax));
        assert.deepEqual(await ask({ do: 'infoRequest', stub, ndr64 }), { domain, level: 3 });
      }
    });

    it(`is read from its replies, in ${syntax}`, async () => {
      for (let seed = 1; seed <= 60; seed += 1) {
        const crack = (await ask({ do: 'crackReply', seed, ndr64 })) as { stub: string; items: unknown };
        const { items } = decodeCrackNamesReply(hex(crack.stub), syntax);
        assert.deepEqual(
          items.map(({ status, domain, name }) => [status, domain ?? null, name ?? null]),
          crack.items,
        );
        const info = (await ask({ do: 'infoReply', seed, ndr64 })) as { stub: string; items: unknown; level: number };
        const reply = decodeDomainControllerInfoReply(hex(info.stub), syntax);
        assert.equal(reply.level, info.level);
        const read: unknown = JSON.parse(JSON.stringify(reply.items, (_, value: unknown) => value ?? null));
        assert.deepEqual(read, info.items);
      }
    });
  }
});
