import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openPickle, pickle } from '@ad-protocols/ndr';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import { MalformedError } from '@ad-protocols/wire';

/** { long 7; pointer to 3 bytes } with the headers of version 1. */
const version1 = `01 10 0800 cccccccc 10000000 00000000 07000000 00000200 03000000 616263 00`;
/** The same in NDR64 with the headers of version 2, interface id and fillers as Windows leaves them. */
const version2 = `02 10 4000 cccccccc ${'cc'.repeat(16)} 33057171 babe 3749 8319b5dbef9ccc36 0100 0000 ${'00'.repeat(20)}
  20000000 ${'00'.repeat(12)} 07000000 00000000 0000020000000000 0300000000000000 6162630000000000`;

function readBoth(bytes: Uint8Array): unknown {
  const reader = openPickle(bytes, 'test');
  const first = reader.u32();
  return [reader.syntax, first, reader.pointer() && Buffer.from(reader.conformantBytes()).toString()];
}

describe('Type serialization', () => {
  it('of version 1 is NDR 2.0 behind 16 bytes', () => {
    assert.deepEqual(readBoth(hex(version1)), ['ndr', 7, 'abc']);
  });

  it('of version 2 says its transfer syntax in 80 bytes', () => {
    assert.deepEqual(readBoth(hex(version2)), ['ndr64', 7, 'abc']);
  });

  it('writes version 1, padded to 8', () => {
    const wire = pickle((writer) => writer.u32(7).pointer(true).conformantBytes(Buffer.from('abc')));
    assert.deepEqual(wire, hex(version1));
  });

  it('refuses every truncation', () => {
    for (const text of [version1, version2]) assertEveryTruncationRefused(hex(text), readBoth);
  });

  for (const [what, from, to] of [
    ['another version', /^01/, '03'],
    ['big-endian numbers', /^01 10/, '01 00'],
    ['another length of the common header', '0800', '1000'],
    ['bytes after the structure', /00$/, '00 00'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => openPickle(hex(version1.replace(from, to)), 'test'), MalformedError);
    });
  }

  it('refuses a transfer syntax that it does not know', () => {
    assert.throws(() => openPickle(hex(version2.replace('33057171', '34057171')), 'test'), MalformedError);
  });
});
