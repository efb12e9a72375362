import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  decodeStoredKerberosKeys,
  decodeSupplementalCredentials,
  wipeKerberosKeySets,
  type KerberosKeySets,
  type StoredKerberosKey,
} from '@ad-protocols/credentials';
import { kerberosStringToKey } from '@ad-protocols/crypto';
import { hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';
import { decodeKeySets } from '../src/stored-keys.ts';
import { encodeUserProperties } from '../src/user-properties.ts';
import { encodeKeySets } from './key-sets-encoder.ts';

interface Vector {
  source: string;
  revision: 3 | 4;
  padding: number;
  tail: number;
  defaultIterationCount: number;
  salt: string;
  current: number[];
  service: number[];
  old: number[];
  older: number[];
  bytes: string;
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const vectors = read('stored-keys.vectors.json') as Vector[];
const whole = read('supplemental-credentials.vectors.json') as {
  source: string;
  bytes: string;
  expect: { error?: string };
}[];
const setNames = ['current', 'service', 'old', 'older'] as const;

for (const vector of vectors) {
  const { source, revision, padding, tail, defaultIterationCount } = vector;

  test(`every set is read, and laid out again byte for byte: ${source}`, () => {
    const sets = decodeKeySets(hex(vector.bytes), revision);
    assert.equal(sets.salt, vector.salt);
    for (const name of setNames) {
      const types = sets[name].map(({ keyType }) => keyType);
      assert.deepEqual(types, vector[name], name);
      for (const { iterationCount } of sets[name]) assert.equal(iterationCount, revision === 4 ? 4096 : undefined);
    }
    const again = encodeKeySets(sets, { revision, padding, tail, defaultIterationCount });
    assert.deepEqual(again, hex(vector.bytes));
  });

  test(`cut anywhere, it is refused as cut short: ${source}`, () => {
    const bytes = hex(vector.bytes);
    for (let length = 0; length < bytes.length - tail; length += 1) {
      assert.throws(() => decodeKeySets(bytes.subarray(0, length), revision), { code: 'ERR_WIRE_TRUNCATED' });
    }
  });
}

test('the keys are those of the known password Pa$$w0rd, DES keys apart', () => {
  const vector = vectors.find(({ source }) => source.endsWith('KerberosCredentialNew_Vector2'));
  const { salt, current } = decodeKeySets(hex(vector?.bytes ?? ''), 4);
  const derived = { password: 'Pa$$w0rd', salt, iterations: 4096 };
  assert.deepEqual(current[0]?.key, kerberosStringToKey({ enctype: 'aes256-cts-hmac-sha1-96', ...derived }));
  assert.deepEqual(current[1]?.key, kerberosStringToKey({ enctype: 'aes128-cts-hmac-sha1-96', ...derived }));
});

for (const { source, bytes, expect } of whole) {
  if (expect.error !== undefined) continue;
  test(`current AES keys are the same whichever way they are read: ${source}`, () => {
    const value = hex(bytes);
    const { kerberos, packages } = decodeStoredKerberosKeys(value);
    const slim = decodeSupplementalCredentials(value);
    assert.deepEqual(packages, slim.packages);
    const keyOf = (type: number): Uint8Array | undefined =>
      kerberos?.current.find(({ keyType }) => keyType === type)?.key;
    assert.deepEqual([keyOf(18), keyOf(17)], [slim.kerberos?.aes256, slim.kerberos?.aes128]);
    assert.equal(kerberos !== undefined, packages.includes('Kerberos'));
    if (slim.kerberos) assert.equal(kerberos?.salt, slim.kerberos.salt);
  });
}

test('former keys of a domain controller are kept apart: Windows Server 2016', () => {
  const value = whole.find(({ source }) => source.includes('fifth'))?.bytes ?? '';
  const { kerberos } = decodeStoredKerberosKeys(hex(value));
  assert.ok(kerberos);
  assert.deepEqual(
    setNames.map((name) => kerberos[name].length > 0),
    [true, false, true, true],
  );
  assert.notDeepEqual(kerberos.current[0]?.key, kerberos.old[0]?.key);
});

const key = (keyType: number, length: number, fill = keyType & 0xff): StoredKerberosKey => ({
  keyType,
  iterationCount: 4096,
  key: new Uint8Array(length).fill(fill),
});
const aes = [key(18, 32), key(17, 16)];
const withDes = [...aes, key(3, 8), key(1, 8)];
const des: StoredKerberosKey[] = [3, 1].map((type) => ({ ...key(type, 8), iterationCount: undefined }));
const none = { salt: 'CORP.EXAMPLEalice', service: [], old: [], older: [] };
const newerKeys = (current: StoredKerberosKey[]): Uint8Array =>
  encodeKeySets({ ...none, current }, { revision: 4, padding: 0, defaultIterationCount: 4096 });
const olderKeys = encodeKeySets({ ...none, current: des }, { revision: 3, padding: 20 });
const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'utf16le'));

/** Values put together by their description, each with its packages and the types of its current keys. */
const shapes: readonly (readonly [
  what: string,
  properties: readonly (readonly [string, Uint8Array])[],
  types: number[],
])[] = [
  [
    'old Samba with a password in clear',
    [
      ['Primary:Kerberos', olderKeys],
      ['Packages', text('Kerberos\0CLEARTEXT')],
      ['Primary:CLEARTEXT', text('not to be read')],
    ],
    [3, 1],
  ],
  [
    'Samba 4.1: both packages and WDigest',
    [
      ['Primary:Kerberos-Newer-Keys', newerKeys(withDes)],
      ['Primary:Kerberos', olderKeys],
      ['Packages', text('Kerberos-Newer-Keys\0Kerberos\0WDigest')],
      ['Primary:WDigest', new Uint8Array(480)],
    ],
    [18, 17, 3, 1],
  ],
  [
    'Samba since 4.5 with an encrypted password for synchronization',
    [
      ['Primary:Kerberos-Newer-Keys', newerKeys(withDes)],
      ['Packages', text('Kerberos-Newer-Keys\0SambaGPG')],
      ['Primary:SambaGPG', new Uint8Array(1800)],
    ],
    [18, 17, 3, 1],
  ],
  [
    'Windows Server 2025, without DES and with types of its own',
    [
      ['Primary:NTLM-Strong-NTOWF', new Uint8Array(16)],
      ['Primary:Kerberos-Newer-Keys', newerKeys([...aes, key(20, 32), key(19, 16), key(-140, 16)])],
      ['Packages', text('NTLM-Strong-NTOWF\0Kerberos-Newer-Keys')],
    ],
    [18, 17, 20, 19, -140],
  ],
];

for (const [what, properties, types] of shapes) {
  test(`read, whatever the last byte: ${what}`, () => {
    const value = encodeUserProperties(properties.map(([name, bytes]) => ({ name, value: bytes })));
    for (const last of [0, 0x74]) {
      value[value.length - 1] = last;
      const { kerberos, packages } = decodeStoredKerberosKeys(value);
      assert.deepEqual(
        kerberos?.current.map(({ keyType }) => keyType),
        types,
      );
      assert.deepEqual(
        packages,
        properties.flatMap(([name]) => (name.startsWith('Primary:') ? [name.slice(8)] : [])),
      );
      assert.doesNotMatch(JSON.stringify(packages), /not to be read/);
    }
  });
}

test('the form of AD LDS is named', () => {
  const value = whole.find(({ source }) => source.includes('AD LDS'))?.bytes ?? '';
  for (const decode of [decodeStoredKerberosKeys, decodeSupplementalCredentials]) {
    assert.throws(() => decode(hex(value)), { code: 'ERR_WIRE_MALFORMED', message: /AD LDS/ });
  }
});

describe('refused', () => {
  const good = encodeKeySets({ ...none, current: aes, old: [key(23, 16), key(-128, 64)] }, { revision: 4, padding: 0 });
  const changed = (offset: number, value: number): Uint8Array => {
    const bytes = good.slice();
    new DataView(bytes.buffer).setUint32(offset, value, true);
    return bytes;
  };
  // The third field of the third entry is the length of the old RC4 key, and of the fourth that of a type nobody knows.
  const cases: readonly (readonly [what: string, code: string, bytes: Uint8Array])[] = [
    ['another revision', 'ERR_WIRE_MALFORMED', changed(0, 3)],
    ['an RC4 key of 15 bytes', 'ERR_WIRE_MALFORMED', changed(24 + 48 + 16, 15)],
    ['a key longer than any', 'ERR_WIRE_MALFORMED', changed(24 + 72 + 16, 65)],
    ['a key outside', 'ERR_WIRE_TRUNCATED', changed(24 + 72 + 20, 0xffff_ffff)],
    ['a salt outside', 'ERR_WIRE_TRUNCATED', changed(16, 0xffff_ffff)],
    ['more keys than there are', 'ERR_WIRE_TRUNCATED', changed(8, 0xffff_ffff)],
  ];
  decodeKeySets(good, 4);
  for (const [what, code, bytes] of cases) {
    test(what, () => assert.throws(() => decodeKeySets(bytes, 4), { code }));
  }

  test('a revision 4 in place of 3', () => {
    assert.throws(() => decodeKeySets(good, 3), { code: 'ERR_WIRE_MALFORMED' });
  });
});

const anyKey = fc
  .record({ keyType: fc.integer({ min: -200, max: -100 }), iterationCount: fc.integer({ min: 1, max: 0xffff_ffff }) })
  .chain((head) => fc.uint8Array({ maxLength: 64 }).map((bytes): StoredKerberosKey => ({ ...head, key: bytes })));
const anySet = fc.array(anyKey, { maxLength: 4 });
const anySets = fc.record({
  salt: fc.string({ maxLength: 40, unit: 'grapheme' }),
  current: anySet,
  service: anySet,
  old: anySet,
  older: anySet,
});

test('any sets of keys come back, and wiping leaves zeros only', () => {
  fc.assert(
    fc.property(anySets, fc.nat(30), (sets, padding) => {
      const bytes = encodeKeySets(sets, { revision: 4, padding, defaultIterationCount: 1 });
      const decoded: KerberosKeySets = decodeKeySets(bytes, 4);
      assert.deepEqual(decoded, { ...sets });
      wipeKerberosKeySets(decoded);
      for (const name of setNames) assert.ok(decoded[name].every((one) => one.key.every((byte) => byte === 0)));
    }),
  );
});

test('any change to a value gives keys or a named error', () => {
  const good = hex(vectors[0]?.bytes ?? '');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
      const bad = good.slice();
      for (const [offset, value] of changes) bad[offset] = value;
      try {
        decodeKeySets(bad, 4);
      } catch (error) {
        assert.match((error as { code: string }).code, /^ERR_WIRE_(TRUNCATED|MALFORMED)$/);
      }
    }),
    { numRuns: 1000 },
  );
});
