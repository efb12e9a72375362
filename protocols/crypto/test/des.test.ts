import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { test } from 'node:test';
import { desDecryptBlock, desEncryptBlock } from '@ad-protocols/crypto';
import * as des from 'des.js';
import * as fc from 'fast-check';

const bytesFrom = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const eightBytes = fc.uint8Array({ minLength: 8, maxLength: 8 });

test("DES gives FIPS 81's example of the electronic codebook mode", () => {
  // Source: FIPS 81 appendix B, table B1: "Now is the time for all " under the key 0123456789abcdef.
  const key = bytesFrom('0123456789abcdef');
  const plain = Buffer.from('Now is the time for all ', 'ascii');
  const sealed = ['3fa40e8a984d4815', '6a271787ab8883f9', '893d51ec4b563b53'];
  sealed.forEach((block, index) => {
    const part = Uint8Array.from(plain.subarray(index * 8, index * 8 + 8));
    assert.equal(toHex(desEncryptBlock(key, part)), block);
    assert.deepEqual(desDecryptBlock(key, bytesFrom(block)), part);
  });
});

test('DES agrees with triple DES of OpenSSL under the same key three times', () => {
  fc.assert(
    fc.property(eightBytes, eightBytes, (key, block) => {
      const triple = Buffer.concat([key, key, key]);
      const cipher = createCipheriv('des-ede3-ecb', triple, null).setAutoPadding(false);
      assert.equal(toHex(desEncryptBlock(key, block)), cipher.update(block).toString('hex'));
      const decipher = createDecipheriv('des-ede3-ecb', triple, null).setAutoPadding(false);
      assert.equal(toHex(desDecryptBlock(key, block)), decipher.update(block).toString('hex'));
    }),
  );
});

test('DES agrees with an implementation in JavaScript', () => {
  fc.assert(
    fc.property(eightBytes, eightBytes, (key, block) => {
      const cipher = des.DES.create({ type: 'encrypt', key: [...key] });
      assert.deepEqual([...desEncryptBlock(key, block)], cipher.update([...block]));
    }),
  );
});

test('DES ignores the parity bits of the key', () => {
  const block = bytesFrom('0011223344556677');
  const even = desEncryptBlock(bytesFrom('0022446688aaccee'), block);
  assert.deepEqual(desEncryptBlock(bytesFrom('0123456789abcdef'), block), even);
});

test('DES refuses a key or a block of another length', () => {
  assert.throws(() => desEncryptBlock(new Uint8Array(7), new Uint8Array(8)), RangeError);
  assert.throws(() => desDecryptBlock(new Uint8Array(8), new Uint8Array(9)), RangeError);
});
