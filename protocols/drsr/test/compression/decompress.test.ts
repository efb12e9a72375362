import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { describe, it } from 'node:test';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { compressionAlgorithms, decompress } from '../../src/compression/decompress.ts';
import { compressMszip, compressWin2k3 } from './compressors.ts';

const { mszip, win2k3 } = compressionAlgorithms;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const u32 = (value: number): string => Buffer.from(Uint32Array.of(value).buffer).toString('hex');
const deflated = (plain: string): string => deflateRawSync(Buffer.from(plain)).toString('hex');
/** A chunk with its sizes. */
const chunk = (plainBytes: number, data: string): Uint8Array =>
  hex(u32(plainBytes) + u32(hex(data).length) + data + '00'.repeat(-hex(data).length & 3));
const codes = ['ERR_WIRE_TRUNCATED', 'ERR_WIRE_MALFORMED'];
const refused = (algorithm: number, bytes: Uint8Array, uncompressedBytes: number): void => {
  assert.throws(
    () => decompress(algorithm, bytes, uncompressedBytes),
    (error) => error instanceof Error && 'code' in error && codes.includes(String(error.code)),
  );
};

/** Like replies: much of it repeats, near and far, some does not. */
const plainBytes = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3000 })), { maxLength: 12 })
  .map((parts) =>
    Uint8Array.from(parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat())),
  );

describe('the Windows Server 2003 compression', () => {
  const vectors: [source: string, compressed: string, plain: string][] = [
    [
      '[MS-XCA] 3.1: letters that do not repeat',
      '3f000000 6162636465666768696a6b6c6d6e6f707172737475767778797a',
      'abcdefghijklmnopqrstuvwxyz',
    ],
    ['[MS-XCA] 3.1: one match of 297 bytes', 'ffffff1f 616263 1700 0f ff 2601', 'abc'.repeat(100)],
    ['[MS-DRSR] 4.1.10.5.21.2: ABC(3,3)DEF', '00000011 414243 1000 444546', 'ABCABCDEF'],
  ];
  for (const [source, compressed, plain] of vectors) {
    it(`gives the bytes of ${source}`, () =>
      assert.equal(text(decompress(win2k3, chunk(plain.length, compressed), plain.length)), plain));
  }

  /** Lengths of [MS-DRSR] 4.1.10.5.21.2, "Length representation in metadata": what follows `a` and a word of distance 1. */
  const lengths: [length: number, lengthBits: string][] = [
    [3, '0000'],
    [9, '0600'],
    [10, '0700 00'],
    [24, '0700 0e'],
    [25, '0700 0f 00'],
    [26, '0700 0f 01'],
    [279, '0700 0f fe'],
    [280, '0700 0f ff 1501'],
    [281, '0700 0f ff 1601'],
    [32_771, '0700 0f ff 0080'],
  ];
  for (const [length, lengthBits] of lengths) {
    it(`gives a match of ${length} bytes`, () => {
      const bytes = chunk(length + 1, `00000060 61 ${lengthBits}`);
      assert.equal(text(decompress(win2k3, bytes, length + 1)), 'a'.repeat(length + 1));
    });
  }

  it('lets a second long match take the other half of the byte that the first one brought', () => {
    // a, match of 10 + 2, b, match of 10 + 1: the nibbles are 2 and 1, in one byte.
    const bytes = chunk(25, '00000058 61 0700 12 62 0700');
    assert.equal(text(decompress(win2k3, bytes, 25)), `${'a'.repeat(13)}${'b'.repeat(12)}`);
  });

  const broken: [why: string, plainBytes: number, compressed: string][] = [
    ['a match from before the start', 4, '00000060 61 0800'],
    ['a match at the very start', 3, '00000080 0000'],
    ['a match beyond the end', 3, '00000060 61 0000'],
    ['a long match that is short', 40, '00000060 61 0700 0f ff 1500'],
    ['an end before its size', 40, '3f000000 616263'],
  ];
  for (const [why, size, compressed] of broken) {
    it(`refuses ${why}`, () => refused(win2k3, chunk(size, compressed), size));
  }
});

describe('MSZIP', () => {
  it('refers to the block before, over 32 KiB', () => {
    const plain = Buffer.from('Replicating Directory Changes All '.repeat(4000));
    const bytes = compressMszip(plain);
    assert.ok(bytes.length < 2000, `${bytes.length} bytes`);
    assert.ok(plain.equals(decompress(mszip, bytes, plain.length)));
  });

  const broken: [why: string, plainBytes: number, data: string][] = [
    ['a block without CK', 30, `4b43${deflated('a'.repeat(30))}`],
    ['a block of more than it said', 20, `434b${deflated('a'.repeat(30))}`],
    ['a block of less than it said', 40, `434b${deflated('a'.repeat(30))}`],
    ['what is no DEFLATE stream', 40, '434bffffffff'],
  ];
  for (const [why, size, data] of broken) it(`refuses ${why}`, () => refused(mszip, chunk(size, data), size));
});

describe('a compressed reply', () => {
  for (const [name, algorithm, compress] of [
    ['MSZIP', mszip, compressMszip],
    ['the Windows Server 2003 compression', win2k3, compressWin2k3],
  ] as const) {
    it(`in ${name} comes back as it was, over any number of chunks`, () => {
      fc.assert(
        fc.property(plainBytes, (plain) => {
          const bytes = compress(plain);
          // Of the same length it would count as not compressed; no server sends it so.
          fc.pre(bytes.length !== plain.length);
          assert.ok(Buffer.from(plain).equals(decompress(algorithm, bytes, plain.length)));
        }),
        { numRuns: 40 },
      );
    });

    it(`in ${name} that is cut short is refused`, () => {
      const plain = Buffer.from('secret'.repeat(20));
      const bytes = compress(plain);
      // Without the zeros that fill it up it is still whole.
      const whole = bytes.subarray(0, 8 + new DataView(bytes.buffer).getUint32(4, true));
      assertEveryTruncationRefused(whole, (cut) => decompress(algorithm, cut, plain.length), codes);
    });

    it(`in ${name} that is garbage is refused, or as long as was said`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 70_000 }), (garbage, size) => {
          const framed = chunk(Math.min(size, 32_768), Buffer.from(garbage).toString('hex'));
          for (const bytes of [garbage, framed]) {
            try {
              assert.equal(decompress(algorithm, bytes, size).length, size);
            } catch (error) {
              assert.ok(codes.includes(String((error as { code?: string }).code)), String(error));
            }
          }
        }),
      );
    });
  }

  it('may be as it is, as a whole or in a chunk', () => {
    const plain = hex('0102030405');
    assert.deepEqual(decompress(mszip, plain, 5), plain);
    assert.deepEqual(decompress(win2k3, chunk(5, '0102030405'), 5), plain);
  });

  const broken: [why: string, algorithm: number, bytes: Uint8Array, uncompressedBytes: number][] = [
    ['in an unknown algorithm', 1, chunk(5, '0102030405'), 5],
    ['without compression, of another size', 0, hex('0102'), 3],
    ['with a chunk above its limit', mszip, compressWin2k3(new Uint8Array(40_000)), 40_000],
    ['with a chunk of nothing', win2k3, chunk(0, 'ff'), 0],
    ['of another size than its chunks', win2k3, chunk(5, '0102030405'), 6],
    ['of more than any reply', win2k3, chunk(5, '0102030405'), 0xffff_ffff],
  ];
  for (const [why, algorithm, bytes, size] of broken) {
    it(`${why} is refused`, () => refused(algorithm, bytes, size));
  }
});
