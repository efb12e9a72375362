import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '@ad-protocols/testing';
import { encryptionTypeOf } from '@ad-protocols/kerberos';
import { aes128Sha2, aes256Sha2 } from '../../src/crypto/aes-sha2.ts';

// Source of all vectors: RFC 8009 appendix A. Key usage 2 throughout.
const USAGE = 2;
const keys = {
  19: hex('3705d96080c17728a0e800eab6e0d23c'),
  20: hex('6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52'),
};

const passwordKeys = [
  [19, '089bca48b105ea6ea77ca5d2f39dc5e7'],
  [20, '45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467'],
] as const;

for (const [id, key] of passwordKeys) {
  test(`type ${id} derives the key of a password with a salt that is no text`, () => {
    const salt = Buffer.concat([hex('10df9dd783e5bc8acea1730e74355f61'), Buffer.from('ATHENA.MIT.EDUraeburn')]);
    const derived = encryptionTypeOf(id).stringToKey({ password: 'password', salt, parameters: hex('00008000') });
    assert.deepEqual(derived, hex(key));
    assert.deepEqual(encryptionTypeOf(id).stringToKey({ password: 'password', salt }), hex(key), '32768 by default');
  });
}

const encryptions = [
  [19, '', '7e5895eaf2672435bad817f545a37148', 'ef85fb890bb8472f4dab20394dca781d ad877eda39d50c870c0d5a0a8e48c718'],
  [
    19,
    '000102030405',
    '7bca285e2fd4130fb55b1a5c83bc5b24',
    '84d7f30754ed987bab0bf3506beb09cfb55402cef7e6 877ce99e247e52d16ed4421dfdf8976c',
  ],
  [
    19,
    '000102030405060708090a0b0c0d0e0f',
    '56ab21713ff62c0a1457200f6fa9948f',
    '3517d640f50ddc8ad3628722b3569d2ae07493fa8263254080ea65c1008e8fc2 95fb4852e7d83e1e7c48c37eebe6b0d3',
  ],
  [
    19,
    '000102030405060708090a0b0c0d0e0f1011121314',
    'a7a4e29a4728ce10664fb64e49ad3fac',
    '720f73b18d9859cd6ccb4346115cd336c70f58edc0c4437c5573544c31c813bce1e6d072c1 86b39a413c2f92ca9b8334a287ffcbfc',
  ],
  [
    20,
    '',
    'f764e9fa15c276478b2c7d0c4e5f58e4',
    '41f53fa5bfe7026d91faf9be959195a0 58707273a96a40f0a01960621ac612748b9bbfbe7eb4ce3c',
  ],
  [
    20,
    '000102030405',
    'b80d3251c1f6471494256ffe712d0b9a',
    '4ed7b37c2bcac8f74f23c1cf07e62bc7b75fb3f637b9 f559c7f664f69eab7b6092237526ea0d1f61cb20d69d10f2',
  ],
  [
    20,
    '000102030405060708090a0b0c0d0e0f',
    '53bf8a0d105265d4e276428624ce5e63',
    `bc47ffec7998eb91e8115cf8d19dac4bbbe2e163e87dd37f49beca92027764f6
     8cf51f14d798c2273f35df574d1f932e40c4ff255b36a266`,
  ],
  [
    20,
    '000102030405060708090a0b0c0d0e0f1011121314',
    '763e65367e864f02f55153c7e3b58af1',
    `40013e2df58e8751957d2878bcd2d6fe101ccfd556cb1eae79db3c3ee86429f2b2a602ac86
     fef6ecb647d6295fae077a1feb517508d2c16b4192e01f62`,
  ],
] as const;

for (const [id, plaintext, confounder, ciphertext] of encryptions) {
  test(`type ${id} encrypts ${plaintext.length / 2} bytes as in RFC 8009`, () => {
    const type = encryptionTypeOf(id);
    const encrypted = type.encrypt(keys[id], USAGE, hex(plaintext), hex(confounder));
    assert.deepEqual(encrypted, hex(ciphertext));
    assert.deepEqual(type.decrypt(keys[id], USAGE, hex(ciphertext)), hex(plaintext));
  });
}

test('checksums are those of RFC 8009', () => {
  const data = hex('000102030405060708090a0b0c0d0e0f1011121314');
  const expected = hex('d78367186643d67b411cba9139fc1dee');
  assert.deepEqual(new Uint8Array(aes128Sha2.checksum(keys[19], USAGE, data)), expected);
  const longer = hex('45ee791567eefca37f4ac1e0222de80d43c3bfa06699672a');
  assert.deepEqual(new Uint8Array(aes256Sha2.checksum(keys[20], USAGE, data)), longer);
});
