import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { MalformedError, parseGuid } from '@ad-protocols/wire';
import { readLinkValues, writeLinkValues, type LinkValue } from '../src/link-values.ts';

const guid = parseGuid('00112233-4455-6677-8899-aabbccddeeff');
const link: LinkValue = {
  object: { guid, dn: 'G' },
  type: 31,
  value: hex('0a0b0c'),
  isPresent: true,
  createdAt: new Date('1970-01-01T00:00:01Z'),
  metadata: { version: 2, changedAt: new Date('1970-01-01T00:00:02Z'), originatingDsa: guid, originatingUsn: 5n },
};
const expiring: LinkValue = { ...link, expiresAt: new Date('1970-01-01T00:00:03Z') };

/** 1970-01-01 is 11,644,473,600 = 0x2B6109100 seconds after 1601-01-01. */
const stamp = '02000000 00000000 029110b602000000 33221100554477668899aabbccddeeff 0500000000000000';
const created = '019110b602000000';
/** Laid out by hand after [MS-DRSR] REPLVALINF_V1 (5.167) and REPLVALINF_V3 (5.168). */
const objectName = `3c000000 00000000 33221100554477668899aabbccddeeff ${'00'.repeat(28)} 01000000 4700 0000`;
const narrow = `00000200 1f000000 03000000 04000200 01000000 00000000 ${created} ${stamp}`;
const wide = `0000020000000000 1f000000 00000000 03000000 00000000 0400020000000000 01000000 00000000 ${created} ${stamp}`;
const expiry = `${'00'.repeat(12)} 00000000 039110b602000000`;
const vectors = [
  ['ndr', 1, link, `01000000 00000000 ${narrow} 02000000 ${objectName} 03000000 0a0b0c`],
  ['ndr', 3, expiring, `01000000 00000000 ${narrow} ${expiry} 02000000 ${objectName} 03000000 0a0b0c`],
  ['ndr64', 1, link, `0100000000000000 ${wide} 0200000000000000 ${objectName} 00000000 0300000000000000 0a0b0c`],
  [
    'ndr64',
    3,
    expiring,
    `0100000000000000 ${wide} ${expiry} 0200000000000000 ${objectName} 00000000 0300000000000000 0a0b0c`,
  ],
] as const;

describe('link values', () => {
  for (const [syntax, version, value, wire] of vectors) {
    const read = (bytes: Uint8Array): LinkValue[] => readLinkValues(new NdrReader(bytes, 'test', syntax), 1, version);

    it(`of version ${version} in ${syntax} are read and written as the format says`, () => {
      assert.deepEqual(read(hex(wire)), [value]);
      const writer = new NdrWriter(syntax);
      writeLinkValues(writer, [value], version);
      assert.deepEqual(writer.finish(), hex(wire));
    });

    it(`of version ${version} in ${syntax} cut short at any offset are named`, () => {
      assertEveryTruncationRefused(hex(wire), read, ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED']);
    });
  }

  it('that never expire say so by leaving the time out', () => {
    const wire = hex(vectors[1][3].replace('039110b602000000', '0000000000000000'));
    assert.deepEqual(readLinkValues(new NdrReader(wire, 'test'), 1, 3), [link]);
  });

  for (const [what, from, to] of [
    ['of no object', '00000200 1f000000', '00000000 1f000000'],
    ['of another length than stated', '03000000 04000200', '02000000 04000200'],
    ['without the bytes that were stated', '03000000 04000200', '03000000 00000000'],
    ['made at a time that no calendar has', created, 'ffffffffffffff7f'],
    ['of more values than were stated', /^01000000/, '02000000'],
    ['of an absurd count of values', /^01000000/, 'ffffffff'],
  ] as const) {
    it(`${what} are refused`, () => {
      const wire = hex(vectors[0][3].replace(from, to));
      assert.throws(() => readLinkValues(new NdrReader(wire, 'test'), 1, 1), MalformedError);
    });
  }
});
