import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encryptionTypeOf } from '@ad-protocols/kerberos';
import { hex } from '@ad-protocols/testing';

const rc4Hmac = encryptionTypeOf(23);
const utf8 = new TextEncoder();

// Source: MIT krb5, t_decrypt.c; usage 3 shows that its number is another here.
const encryptions = [
  ['', 0, 'f81fec39255f5784e850c4377c88bd85', '02c1eb15586144122ec717763dd348bf00434ddc6585954c'],
  ['1', 1, '67d1300d281223867f9647ff48721273', '6156e0cc04e0a0874f9fda008f498a7adbbc80b70b14dddbc0'],
  [
    '9 bytesss',
    2,
    '3e40ab6093695281b3ac1a9304224d98',
    '0f9ad121d99d4a09448e4f1f718c4f5cbe6096262c66f29df232a87c9f98755d55',
  ],
  [
    '13 bytes byte',
    3,
    '4ba2fbf0379faed87a254d3b353d5a7e',
    '612c57568b17a70352bae8cf26fb9459a6f3353cd35fd439db3107cbec765d326dfc04c1dd',
  ],
  [
    '30 bytes bytes bytes bytes byt',
    4,
    '68f263db3fce15d031c9eab02d67107a',
    `95f9047c3ad75891c2e9b04b16566dc8b6eb9ce4231afb2542ef87a7b5a0f260
     a99f0460508de0cecc632d07c354124e46c5d2234eb8`,
  ],
] as const;

for (const [plaintext, usage, key, ciphertext] of encryptions) {
  test(`"${plaintext}" decrypts with usage ${usage}`, () => {
    assert.deepEqual(rc4Hmac.decrypt(hex(key), usage, hex(ciphertext)), utf8.encode(plaintext));
  });
}

test('a known confounder gives the known ciphertext', () => {
  // Source: the last vector above, with the confounder that it decrypts to.
  const [plaintext, usage, key, ciphertext] = encryptions[4];
  const encrypted = rc4Hmac.encrypt(hex(key), usage, utf8.encode(plaintext), hex('37245e73a45fbf72'));
  assert.deepEqual(new Uint8Array(encrypted), hex(ciphertext));
});

test('the checksum is HMAC-MD5 under its own key', () => {
  // Source: MIT krb5, t_cksums.c.
  const data = utf8.encode('seventeen eighteen nineteen twenty');
  const checksum = rc4Hmac.checksum(hex('f7d3a155af5e238a0b7a871a96ba2ab2'), 6, data);
  assert.deepEqual(new Uint8Array(checksum), hex('eb38cc97e2230f59da4117dc5859d7ec'));
});

test('the key of a password is its NT hash, whatever the salt', () => {
  // Source: MIT krb5, t_str2key.c.
  const key = rc4Hmac.stringToKey({ password: 'foo', salt: 'CORP.CONTOSO.TESTalice' });
  assert.deepEqual(key, hex('ac8e657f83df82beea5d43bdaf7800cc'));
});
