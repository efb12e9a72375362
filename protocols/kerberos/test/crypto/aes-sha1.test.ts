import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encryptionTypeOf } from '@ad-protocols/kerberos';
import { hex } from '@ad-protocols/testing';

const utf8 = new TextEncoder();

// Source: MIT krb5, t_decrypt.c.
const encryptions = [
  {
    id: 17,
    key: '9062430c8cda3388922e6d6a509f5b7a',
    confounder: '94b491f481485b9a0678cd3c4ea386ad',
    usage: 2,
    plaintext: '9 bytesss',
    ciphertext: '68fb9679601f45c78857b2bf820fd6e53eca8d42fd4b1d7024a09205abb7cd2ec26c355d2f',
  },
  {
    id: 18,
    key: 'f1c795e9248a09338d82c3f8d5b567040b0110736845041347235b1404231398',
    confounder: 'e45ca518b42e266ad98e165e706ffb60',
    usage: 4,
    plaintext: '30 bytes bytes bytes bytes byt',
    ciphertext: `d1137a4d634cfece924dbc3bf6790648bd5cff7de0e7b99460211d0daef3d79a
                 295c688858f3b34b9cbd6eebae81daf6b734d4d498b6714f1c1d`,
  },
];

for (const { id, key, confounder, usage, plaintext, ciphertext } of encryptions) {
  test(`type ${id} encrypts and decrypts "${plaintext}"`, () => {
    const type = encryptionTypeOf(id);
    assert.deepEqual(type.encrypt(hex(key), usage, utf8.encode(plaintext), hex(confounder)), hex(ciphertext));
    assert.deepEqual(type.decrypt(hex(key), usage, hex(ciphertext)), utf8.encode(plaintext));
  });
}

test('checksums are HMAC-SHA1 cut to 96 bits', () => {
  // Source: MIT krb5, t_cksums.c.
  const text = 'eight nine ten eleven twelve thirteen';
  const aes128 = encryptionTypeOf(17).checksum(hex('9062430c8cda3388922e6d6a509f5b7a'), 3, utf8.encode(text));
  assert.deepEqual(aes128, hex('01a4b088d45628f6946614e3'));
  const key = hex('b1ae4cd8462aff1677053cc9279aac30b796fb81ce21474dd3ddbcfea4ec76d7');
  assert.deepEqual(encryptionTypeOf(18).checksum(key, 4, utf8.encode('fourteen')), hex('e08739e3279e2903ec8e3836'));
});

test('the key of a password takes its iterations from the parameters, 4096 without', () => {
  // Source: RFC 3962 appendix B, third vector; the default against the same derivation with 4096 iterations spelled out.
  const source = { password: 'password', salt: 'ATHENA.MIT.EDUraeburn' };
  const key = encryptionTypeOf(17).stringToKey({ ...source, parameters: hex('000004b0') });
  assert.deepEqual(key, hex('4c01cd46d632d01e6dbe230a01ed642a'));
  const spelledOut = encryptionTypeOf(18).stringToKey({ ...source, parameters: hex('00001000') });
  assert.deepEqual(encryptionTypeOf(18).stringToKey(source), spelledOut);
});
