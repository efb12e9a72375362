import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { crc32, Rc4, wrapHashByRid } from '@ad-protocols/crypto';
import * as fc from 'fast-check';
import { decryptSecret, isSecretAttribute, isWrappedByRid, unwrapHashes } from '../src/secrets.ts';

interface Vectors {
  secrets: { attribute: string; sessionKey: string; encrypted: string; rid: number; hashes: string }[];
  supplementalCredentials: { sessionKey: string; encrypted: string };
}

const vectors = JSON.parse(readFileSync(new URL('secrets.vectors.json', import.meta.url), 'utf8')) as Vectors;
const bytesFrom = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The server's side, [MS-DRSR] EncryptValuesIfNecessary; proven against the published values by the decryption below. */
function encrypt(sessionKey: Uint8Array, salt: Uint8Array, value: Uint8Array): Uint8Array {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(value));
  const key = createHash('md5').update(sessionKey).update(salt).digest();
  const sealed = new Rc4(key).apply(Buffer.concat([checksum, value]));
  return Uint8Array.from(Buffer.concat([salt, sealed]));
}

for (const { attribute, sessionKey, encrypted, rid, hashes } of vectors.secrets) {
  test(`a published value of ${attribute} decrypts and unwraps to the published hashes`, () => {
    assert.ok(isSecretAttribute(attribute) && isWrappedByRid(attribute));
    const wrapped = decryptSecret([bytesFrom(sessionKey)], bytesFrom(encrypted));
    assert.equal(toHex(unwrapHashes(wrapped, rid)), hashes);
  });

  test(`a published value of ${attribute} with any one bit changed is refused`, () => {
    const good = bytesFrom(encrypted);
    for (let offset = 0; offset < good.length; offset += 1) {
      const bad = good.slice();
      bad[offset] = (bad[offset] ?? 0) ^ (1 << (offset & 7));
      assert.throws(() => decryptSecret([bytesFrom(sessionKey)], bad), { code: 'ERR_DRSR_CHECKSUM' }, `byte ${offset}`);
    }
  });

  test(`a published value of ${attribute} cut anywhere is refused, within the checksum as cut short`, () => {
    const good = bytesFrom(encrypted);
    for (let length = 0; length < good.length; length += 1) {
      const code = length < 20 ? 'ERR_WIRE_TRUNCATED' : 'ERR_DRSR_CHECKSUM';
      assert.throws(
        () => decryptSecret([bytesFrom(sessionKey)], good.subarray(0, length)),
        { code },
        `length ${length}`,
      );
    }
  });
}

test('a published value of supplementalCredentials decrypts to its structure', () => {
  const { sessionKey, encrypted } = vectors.supplementalCredentials;
  const value = Buffer.from(decryptSecret([bytesFrom(sessionKey)], bytesFrom(encrypted)));
  assert.equal(value.readUInt32LE(4), value.length - 13, 'its length field');
  assert.equal(value.readUInt16LE(108), 0x50, 'its signature');
  assert.ok(isSecretAttribute('supplementalCredentials') && !isWrappedByRid('supplementalCredentials'));
});

test('a session renegotiated during replication: each value decrypts with whichever key of the connection fits', () => {
  const [first, second, third] = vectors.secrets;
  assert.ok(first && second && third);
  const keys = [third, second, first].map(({ sessionKey }) => bytesFrom(sessionKey));
  for (const { encrypted, rid, hashes } of [first, second, third]) {
    assert.equal(toHex(unwrapHashes(decryptSecret(keys, bytesFrom(encrypted)), rid)), hashes);
  }
});

test('a value that no key of the connection fits is refused, and the error tells how many were tried but no bytes', () => {
  const [first, second, third] = vectors.secrets;
  assert.ok(first && second && third);
  const keys = [second, third].map(({ sessionKey }) => bytesFrom(sessionKey));
  assert.throws(
    () => decryptSecret(keys, bytesFrom(first.encrypted)),
    (error: Error & { code?: string; keysTried?: number }) => {
      assert.equal(error.code, 'ERR_DRSR_CHECKSUM');
      assert.equal(error.keysTried, 2);
      assert.doesNotMatch(error.message, /[0-9a-f]{8}/);
      return true;
    },
  );
});

test('what a server encrypts with a session key of NTLM or Kerberos decrypts, and leaves the input alone', () => {
  const sessionKey = fc.constantFrom(16, 32).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  const salt = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(sessionKey, salt, fc.uint8Array({ maxLength: 600 }), (key, salt, value) => {
      const encrypted = encrypt(key, salt, value);
      const before = toHex(encrypted);
      assert.deepEqual(decryptSecret([key], encrypted), value);
      assert.equal(toHex(encrypted), before);
    }),
  );
});

test('no session key at all, or one that is too short, is a mistake of the caller', () => {
  assert.throws(() => decryptSecret([], new Uint8Array(36)), RangeError);
  assert.throws(() => decryptSecret([new Uint8Array(15)], new Uint8Array(36)), RangeError);
});

test('a history unwraps hash by hash, and a piece of a hash is refused', () => {
  const one = Uint8Array.from({ length: 16 }, (_, index) => index);
  const two = Uint8Array.from({ length: 16 }, (_, index) => 255 - index);
  const wrapped = Uint8Array.from([...wrapHashByRid(one, 1104), ...wrapHashByRid(two, 1104)]);
  assert.deepEqual(unwrapHashes(wrapped, 1104), Uint8Array.from([...one, ...two]));
  assert.deepEqual(unwrapHashes(new Uint8Array(0), 1104), new Uint8Array(0));
  for (const length of [1, 15, 17, 31]) {
    assert.throws(() => unwrapHashes(new Uint8Array(length), 1104), { code: 'ERR_WIRE_MALFORMED' });
  }
});

test('secret are the attributes of [MS-DRSR] IsSecretAttribute; only the four kinds of hashes are wrapped by RID', () => {
  const hashes = ['dBCSPwd', 'lmPwdHistory', 'ntPwdHistory', 'unicodePwd'];
  const others = ['currentValue', 'priorValue', 'supplementalCredentials'];
  const trusts = ['initialAuthIncoming', 'initialAuthOutgoing', 'trustAuthIncoming', 'trustAuthOutgoing'];
  const secret = [...hashes, ...others, ...trusts];
  assert.ok(secret.every(isSecretAttribute));
  assert.deepEqual(secret.filter(isWrappedByRid), hashes);
  assert.ok(!['sAMAccountName', 'pwdLastSet', 'unicodepwd'].some(isSecretAttribute));
});

for (const bytes of [16, 24, 32]) {
  test(`a session key of ${bytes} bytes counts as a whole`, () => {
    const sessionKey = Uint8Array.from({ length: bytes }, (_, index) => index);
    const encrypted = encrypt(sessionKey, new Uint8Array(16).fill(3), Buffer.from('a value'));
    assert.equal(Buffer.from(decryptSecret([sessionKey], encrypted)).toString(), 'a value');
    const other = sessionKey.with(bytes - 1, 0xff);
    assert.throws(() => decryptSecret([other], encrypted), { code: 'ERR_DRSR_CHECKSUM' });
  });
}
