import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { aesCtsDecrypt, aesCtsEncrypt } from '../../src/crypto/aes-cts.ts';

// Source: RFC 3962 appendix B, "Some test vectors for CBC with ciphertext stealing, using an initial vector of all-zero".
const key = createSecretKey(hex('636869636b656e207465726979616b69'));
const plaintext = new TextEncoder().encode("I would like the General Gau's Chicken, please, and wonton soup.");
const ciphertexts: readonly (readonly [length: number, ciphertext: string])[] = [
  [17, 'c6353568f2bf8cb4d8a580362da7ff7f 97'],
  [31, 'fc00783e0efdb2c1d445d4c8eff7ed22 97687268d6ecccc0c07b25e25ecfe5'],
  [32, '39312523a78662d5be7fcbcc98ebf5a8 97687268d6ecccc0c07b25e25ecfe584'],
  [47, '97687268d6ecccc0c07b25e25ecfe584 b3fffd940c16a18c1b5549d2f838029e 39312523a78662d5be7fcbcc98ebf5'],
  [48, '97687268d6ecccc0c07b25e25ecfe584 9dad8bbb96c4cdc03bc103e1a194bbd8 39312523a78662d5be7fcbcc98ebf5a8'],
  [
    64,
    `97687268d6ecccc0c07b25e25ecfe584 39312523a78662d5be7fcbcc98ebf5a8
     4807efe836ee89a526730dbc2f7bc840 9dad8bbb96c4cdc03bc103e1a194bbd8`,
  ],
];

for (const [length, ciphertext] of ciphertexts) {
  test(`${length} bytes are encrypted and decrypted as in RFC 3962`, () => {
    const text = plaintext.subarray(0, length);
    assert.deepEqual(hex(Buffer.from(aesCtsEncrypt(key, text)).toString('hex')), hex(ciphertext));
    assert.deepEqual(new Uint8Array(aesCtsDecrypt(key, hex(ciphertext))), text);
  });
}

test('less than a block is refused', () => {
  assert.throws(() => aesCtsEncrypt(key, new Uint8Array(15)), RangeError);
  assert.throws(() => aesCtsDecrypt(key, new Uint8Array(15)), RangeError);
});

test('whatever is encrypted decrypts to the same, and has the same length', () => {
  const keys = fc.constantFrom(16, 32).chain((bytes) => fc.uint8Array({ minLength: bytes, maxLength: bytes }));
  fc.assert(
    fc.property(keys, fc.uint8Array({ minLength: 16, maxLength: 200 }), (bytes, text) => {
      const secret = createSecretKey(bytes);
      const ciphertext = aesCtsEncrypt(secret, text);
      assert.equal(ciphertext.length, text.length);
      assert.deepEqual(new Uint8Array(aesCtsDecrypt(secret, ciphertext)), text);
    }),
  );
});
