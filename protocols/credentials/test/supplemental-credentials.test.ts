import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  decodeSupplementalCredentials,
  encodeSupplementalCredentials,
  type KerberosKeys,
} from '@ad-protocols/credentials';
import { kerberosStringToKey, ntHash } from '@ad-protocols/crypto';
import * as fc from 'fast-check';

interface Vector {
  source: string;
  bytes: string;
  expect: {
    error?: string;
    packages?: string[];
    kerberos?: { salt: string; iterationCount: number; aes256: string; aes128: string };
    password?: string;
    ntHash?: string;
    desKey?: string;
  };
}

// Keys whose password is not known were read from the same bytes with Samba's NDR library.
const text = readFileSync(new URL('supplemental-credentials.vectors.json', import.meta.url), 'utf8');
const vectors = JSON.parse(text) as Vector[];
const bytesFrom = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const random = fc.record(
  {
    salt: fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }),
    iterationCount: fc.integer({ min: 1, max: 0xffffffff }),
    aes256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    aes128: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  },
  { noNullPrototype: true },
);

/** Cuts the value of a property, without its digits, out of a value of supplementalCredentials. */
function valueOf(bytes: Uint8Array, name: string): Buffer {
  const whole = Buffer.from(bytes);
  const encodedName = Buffer.from(name, 'utf16le');
  let at = whole.indexOf(encodedName);
  // One name starts with the other: the length in front tells them apart.
  while (whole.readUInt16LE(at - 6) !== encodedName.length) at = whole.indexOf(encodedName, at + 1);
  const start = at + encodedName.length;
  return Buffer.from(whole.toString('latin1', start, start + whole.readUInt16LE(at - 4)), 'hex');
}

for (const { source, bytes, expect } of vectors) {
  if (expect.error !== undefined) {
    test(`refused: ${source}`, () => {
      assert.throws(() => decodeSupplementalCredentials(bytesFrom(bytes)), { code: expect.error });
    });
    continue;
  }

  test(`decoded: ${source}`, () => {
    const { kerberos, packages } = decodeSupplementalCredentials(bytesFrom(bytes));
    assert.deepEqual(packages, expect.packages);
    assert.deepEqual(
      kerberos && { ...kerberos, aes256: toHex(kerberos.aes256), aes128: toHex(kerberos.aes128) },
      expect.kerberos,
    );
  });

  test(`cut anywhere, it is refused as cut short: ${source}`, () => {
    const whole = bytesFrom(bytes);
    for (let length = 0; length < whole.length; length += 1) {
      assert.throws(
        () => decodeSupplementalCredentials(whole.subarray(0, length)),
        { code: 'ERR_WIRE_TRUNCATED' },
        `${length} bytes`,
      );
    }
  });
}

for (const { source, expect } of vectors.filter((vector) => vector.expect.password !== undefined)) {
  test(`the keys are those of the known password: ${source}`, () => {
    const { password = '', kerberos } = expect;
    assert.ok(kerberos);
    const derived = { password, salt: kerberos.salt, iterations: kerberos.iterationCount };
    assert.equal(toHex(kerberosStringToKey({ enctype: 'aes256-cts-hmac-sha1-96', ...derived })), kerberos.aes256);
    assert.equal(toHex(kerberosStringToKey({ enctype: 'aes128-cts-hmac-sha1-96', ...derived })), kerberos.aes128);
    if (expect.ntHash !== undefined) assert.equal(toHex(ntHash(password)), expect.ntHash);
  });
}

test('what is encoded has, byte for byte, the two Kerberos values that Samba itself makes of the same keys', () => {
  const vector = vectors.find(({ expect }) => expect.desKey !== undefined);
  const { kerberos, desKey } = vector?.expect ?? {};
  assert.ok(vector && kerberos && desKey);
  const keys = { ...kerberos, aes256: bytesFrom(kerberos.aes256), aes128: bytesFrom(kerberos.aes128) };
  const encoded = encodeSupplementalCredentials({ kerberos: keys, desKey: bytesFrom(desKey) });
  for (const name of ['Primary:Kerberos-Newer-Keys', 'Primary:Kerberos']) {
    const expected = valueOf(bytesFrom(vector.bytes), name);
    // Samba has a second DES key, for des-cbc-crc, which comes last.
    expected.set(bytesFrom(desKey), expected.length - 8);
    assert.equal(toHex(valueOf(encoded, name)), toHex(expected), name);
  }
});

test('what is encoded names both packages, in lower-case digits, and ends in the zero that Samba insists on', () => {
  fc.assert(
    fc.property(random, (kerberos: KerberosKeys) => {
      const encoded = encodeSupplementalCredentials({ kerberos });
      assert.equal(valueOf(encoded, 'Packages').toString('utf16le'), 'Kerberos-Newer-Keys\0Kerberos');
      assert.equal(encoded.at(-1), 0);
      assert.equal(Buffer.from(encoded).readUInt32LE(4), encoded.length - 13);
      assert.doesNotMatch(Buffer.from(encoded.subarray(110)).toString('latin1'), /[A-F0-9]*[A-F][0-9A-F]{20}/);
    }),
  );
});

test('any keys come back from what was encoded', () => {
  fc.assert(
    fc.property(random, (kerberos: KerberosKeys) => {
      const decoded = decodeSupplementalCredentials(encodeSupplementalCredentials({ kerberos }));
      assert.deepEqual(decoded, { kerberos, packages: ['Kerberos-Newer-Keys', 'Kerberos'] });
    }),
  );
});

test('two encodings of the same keys differ in the DES keys only, which are random', () => {
  const kerberos = { salt: 'S', iterationCount: 4096, aes256: new Uint8Array(32), aes128: new Uint8Array(16) };
  const [first, second] = [encodeSupplementalCredentials({ kerberos }), encodeSupplementalCredentials({ kerberos })];
  const [left, right] = [first, second].map((bytes) => valueOf(bytes, 'Primary:Kerberos-Newer-Keys'));
  assert.ok(left && right);
  assert.notDeepEqual(left.subarray(-16), right.subarray(-16));
  assert.deepEqual(left.subarray(0, -16), right.subarray(0, -16));
});

test('keys of a wrong length and an empty salt are not encoded', () => {
  const good = { salt: 'S', iterationCount: 4096, aes256: new Uint8Array(32), aes128: new Uint8Array(16) };
  for (const kerberos of [
    { ...good, salt: '' },
    { ...good, aes256: new Uint8Array(16) },
    { ...good, aes128: new Uint8Array(32) },
  ]) {
    assert.throws(() => encodeSupplementalCredentials({ kerberos }), RangeError);
  }
  assert.throws(() => encodeSupplementalCredentials({ kerberos: good, desKey: new Uint8Array(7) }), RangeError);
});

/** A value with one property whose digits were changed by `change`. */
function tampered(change: (value: Buffer) => void): Uint8Array {
  const kerberos = { salt: 'SALT', iterationCount: 4096, aes256: new Uint8Array(32), aes128: new Uint8Array(16) };
  const bytes = encodeSupplementalCredentials({ kerberos });
  const name = Buffer.from('Primary:Kerberos-Newer-Keys', 'utf16le');
  const value = valueOf(bytes, 'Primary:Kerberos-Newer-Keys');
  change(value);
  bytes.set(Buffer.from(value.toString('hex')), Buffer.from(bytes).indexOf(name) + name.length);
  return bytes;
}

const malformed: readonly (readonly [what: string, change: (value: Buffer) => void])[] = [
  ['another revision', (value) => value.writeUInt16LE(3, 0)],
  ['an empty salt', (value) => value.writeUInt16LE(0, 12)],
  ['an AES-256 key of 31 bytes', (value) => value.writeUInt32LE(31, 24 + 16)],
  ['one AES key without the other', (value) => value.writeUInt32LE(23, 48 + 12)],
  ['AES keys of different iteration counts', (value) => value.writeUInt32LE(4097, 48 + 8)],
];

for (const [what, change] of malformed) {
  test(`stored keys with ${what} are refused`, () => {
    assert.throws(() => decodeSupplementalCredentials(tampered(change)), { code: 'ERR_WIRE_MALFORMED' });
  });
}

const cutShort: readonly (readonly [what: string, change: (value: Buffer) => void])[] = [
  ['more keys than there are', (value) => value.writeUInt16LE(0xffff, 4)],
  ['a salt outside', (value) => value.writeUInt32LE(0x7fffffff, 16)],
  ['a key outside', (value) => value.writeUInt32LE(0xffffffff, 24 + 20)],
];

for (const [what, change] of cutShort) {
  test(`stored keys that point to ${what} are refused as cut short`, () => {
    assert.throws(() => decodeSupplementalCredentials(tampered(change)), { code: 'ERR_WIRE_TRUNCATED' });
  });
}

test('keys without iteration counts of their own have the default one', () => {
  const bytes = tampered((value) => {
    value.writeUInt32LE(0, 24 + 8);
    value.writeUInt32LE(0, 48 + 8);
    value.writeUInt32LE(1234, 20);
  });
  assert.equal(decodeSupplementalCredentials(bytes).kerberos?.iterationCount, 1234);
});

test('keys without any iteration count have that of RFC 3962', () => {
  const bytes = tampered((value) => {
    for (const at of [20, 24 + 8, 48 + 8]) value.writeUInt32LE(0, at);
  });
  assert.equal(decodeSupplementalCredentials(bytes).kerberos?.iterationCount, 4096);
});

test('keys of other types only are no AES keys', () => {
  const bytes = tampered((value) => {
    value.writeUInt32LE(23, 24 + 12);
    value.writeUInt32LE(23, 48 + 12);
  });
  assert.equal(decodeSupplementalCredentials(bytes).kerberos, undefined);
});

test('a wrong signature, a digit that is none, and bytes after the end are refused', () => {
  const kerberos = { salt: 'S', iterationCount: 4096, aes256: new Uint8Array(32), aes128: new Uint8Array(16) };
  const good = encodeSupplementalCredentials({ kerberos });
  const badSignature = good.slice();
  badSignature[108] = 0x51;
  const badDigit = good.slice();
  badDigit[112 + 6 + 54] = 0x67;
  for (const bytes of [badSignature, badDigit, Uint8Array.from([...good, 0])]) {
    assert.throws(() => decodeSupplementalCredentials(bytes), { code: 'ERR_WIRE_MALFORMED' });
  }
});

test('any change to a value gives other keys or a named error, never a crash', () => {
  const good = bytesFrom(vectors.find(({ expect }) => expect.kerberos)?.bytes ?? '');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
      const bad = good.slice();
      for (const [offset, value] of changes) bad[offset] = value;
      try {
        decodeSupplementalCredentials(bad);
      } catch (error) {
        assert.match((error as { code: string }).code, /^ERR_WIRE_(TRUNCATED|MALFORMED)$/);
      }
    }),
    { numRuns: 2000 },
  );
});
