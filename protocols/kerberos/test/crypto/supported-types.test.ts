import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encryptionTypeOf, kerberosEnctypes } from '@ad-protocols/kerberos';
import { assertEveryTruncationRefused } from '@ad-protocols/testing';
import * as fc from 'fast-check';

const integrityFails = { name: 'KerberosError', code: 'ERR_KRB5_INTEGRITY' };

for (const [name, id] of Object.entries(kerberosEnctypes)) {
  const type = encryptionTypeOf(id);
  const key = Uint8Array.from({ length: type.keyBytes }, (_, index) => index + 1);
  const plaintext = new TextEncoder().encode('attack at dawn, by the northern gate');

  test(`${name} has its registered number and name`, () => {
    assert.equal(type.id, id);
    assert.equal(type.name, name);
    assert.equal(type.checksum(key, 6, plaintext).length, type.checksumBytes);
  });

  test(`${name} decrypts what it encrypts, of any length, and under no other usage`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.integer({ min: 1, max: 1024 }), (text, usage) => {
        const ciphertext = type.encrypt(key, usage, text);
        assert.deepEqual(new Uint8Array(type.decrypt(key, usage, ciphertext)), text);
        assert.throws(() => type.decrypt(key, usage + 1025, ciphertext), integrityFails);
      }),
      { numRuns: 50 },
    );
  });

  test(`${name} refuses a ciphertext with any bit changed`, () => {
    const ciphertext = type.encrypt(key, 7, plaintext);
    for (let index = 0; index < ciphertext.length; index += 1) {
      const damaged = new Uint8Array(ciphertext);
      damaged[index] = (damaged[index] ?? 0) ^ (1 << (index % 8));
      assert.throws(() => type.decrypt(key, 7, damaged), integrityFails, `byte ${index}`);
    }
  });

  test(`${name} refuses a ciphertext cut short, and garbage`, () => {
    const ciphertext = new Uint8Array(type.encrypt(key, 7, plaintext));
    assertEveryTruncationRefused(ciphertext, (cut) => type.decrypt(key, 7, cut), ['ERR_KRB5_INTEGRITY']);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (garbage) => {
        assert.throws(() => type.decrypt(key, 7, garbage), integrityFails);
      }),
    );
  });

  test(`${name} refuses a key of another length`, () => {
    for (const length of [0, 8, type.keyBytes - 1, type.keyBytes + 1]) {
      const wrong = new Uint8Array(length);
      assert.throws(() => type.encrypt(wrong, 7, plaintext), { code: 'ERR_KRB5_KEY' });
      assert.throws(() => type.decrypt(wrong, 7, plaintext), { code: 'ERR_KRB5_KEY' });
      assert.throws(() => type.checksum(wrong, 7, plaintext), { code: 'ERR_KRB5_KEY' });
    }
  });
}

test('an encryption type that is not there is named', () => {
  for (const id of [0, 1, 3, 16, 24, -135, Number.NaN]) {
    assert.throws(() => encryptionTypeOf(id), { code: 'ERR_KRB5_ENCTYPE' });
  }
});

test('parameters that ask for no or absurdly many iterations, or are no number, are refused', () => {
  for (const parameters of [[], [0, 0, 16], [0, 0, 0, 0], [1, 0, 0, 1], [255, 255, 255, 255], [0, 0, 0, 16, 0]]) {
    const source = { password: 'password', salt: 'salt', parameters: Uint8Array.from(parameters) };
    for (const id of [17, 18, 19, 20]) {
      assert.throws(() => encryptionTypeOf(id).stringToKey(source), { code: 'ERR_KRB5_KEY' });
    }
  }
});
