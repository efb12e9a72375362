import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveKey } from '@ad-protocols/crypto';

test('DK of the intermediate key gives the key of the password', () => {
  // Source: [MS-KILE] 4.4, AES 128 Key Creation: random2key(PBKDF2(…)) and the key made of it.
  const intermediate = Buffer.from('c7730daa23521bc16ab83cbee3b37f41', 'hex');
  const key = deriveKey(intermediate, new TextEncoder().encode('kerberos'));
  assert.equal(Buffer.from(key).toString('hex'), 'b82ee122531c2d94821ac755bccb5879');
});

test('a key that is none of AES is refused', () => {
  for (const length of [0, 15, 24, 33]) {
    assert.throws(() => deriveKey(new Uint8Array(length), Uint8Array.of(1)), RangeError);
  }
});
