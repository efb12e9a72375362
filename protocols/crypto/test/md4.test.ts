import assert from 'node:assert/strict';
import { test } from 'node:test';
import { md4 } from '@ad-protocols/crypto';
import * as fc from 'fast-check';
import { createMD4 } from 'hash-wasm';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

// Source: RFC 1320 A.5, all seven.
const vectors: readonly (readonly [message: string, digest: string])[] = [
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['message digest', 'd9130a8164549fe818874806e1c7014b'],
  ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    'e33b4ddc9c38f2199c3e7b164fcc0536',
  ],
];

for (const [message, digest] of vectors) {
  test(`MD4 of ${JSON.stringify(message)} is RFC 1320's`, () => {
    assert.equal(hex(md4(Buffer.from(message))), digest);
  });
}

test('MD4 agrees with an independent implementation at every length around the block edges', async () => {
  const oracle = await createMD4();
  for (let length = 0; length <= 200; length += 1) {
    const message = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff);
    assert.equal(hex(md4(message)), oracle.init().update(message).digest('hex'), `length ${length}`);
  }
});

test('MD4 agrees with an independent implementation on any bytes, wherever they lie in their buffer', async () => {
  const oracle = await createMD4();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(7), (message, shift) => {
      const shifted = new Uint8Array(message.length + shift).subarray(shift);
      shifted.set(message);
      assert.equal(hex(md4(shifted)), oracle.init().update(message).digest('hex'));
    }),
  );
});
