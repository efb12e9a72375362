import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCredential, encodeCredential, wipeCredential, type Credential } from '@causeway/credential';
import * as fc from 'fast-check';

const bytesFrom = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

const example: Credential = {
  ntHash: filled(16, 0x11),
  kerberos: { salt: 'Zürich', iterationCount: 4096, aes256: filled(32, 0x22), aes128: filled(16, 0x33) },
  passwordLastSet: 133_000_000_000_000_000n,
};
const exampleBytes = bytesFrom(
  `01 03 0080209bcb82d801 ${'11'.repeat(16)} 00100000 0700 5ac3bc72696368 ${'22'.repeat(32)} ${'33'.repeat(16)}`.replaceAll(
    ' ',
    '',
  ),
);

const plain = { noNullPrototype: true } as const;
const keys = fc.record(
  {
    salt: fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }),
    iterationCount: fc.integer({ min: 0, max: 0xffffffff }),
    aes256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    aes128: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  },
  plain,
);
const hash = fc.uint8Array({ minLength: 16, maxLength: 16 });
const passwordLastSet = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const anyCredential: fc.Arbitrary<Credential> = fc.oneof(
  fc.record({ ntHash: hash, kerberos: keys, passwordLastSet }, plain),
  fc.record({ ntHash: hash, kerberos: fc.constant(undefined), passwordLastSet }, plain),
  fc.record({ ntHash: fc.constant(undefined), kerberos: keys, passwordLastSet }, plain),
);

test('a credential has the documented layout', () => {
  assert.deepEqual(encodeCredential(example), exampleBytes);
  assert.deepEqual(decodeCredential(exampleBytes), example);
});

test('any credential comes back from its bytes, with or without hash and keys', () => {
  fc.assert(
    fc.property(anyCredential, (credential) => {
      assert.deepEqual(decodeCredential(encodeCredential(credential)), credential);
    }),
  );
});

test('a credential cut anywhere is refused as cut short', () => {
  fc.assert(
    fc.property(anyCredential, (credential) => {
      const whole = encodeCredential(credential);
      for (let length = 0; length < whole.length; length += 1) {
        assert.throws(() => decodeCredential(whole.subarray(0, length)), { code: 'ERR_WIRE_TRUNCATED' });
      }
    }),
    { numRuns: 10 },
  );
});

const malformed: readonly (readonly [what: string, change: (bytes: Uint8Array) => Uint8Array])[] = [
  ['of a later format', (bytes) => bytes.with(0, 2)],
  ['with neither hash nor keys', (bytes) => bytes.with(1, 0)],
  ['with a flag that is not known', (bytes) => bytes.with(1, 7)],
  ['with an empty salt', (bytes) => bytes.with(30, 0)],
  ['with a salt of more than 1024 bytes', (bytes) => bytes.with(31, 5)],
  ['with a salt that is not UTF-8', (bytes) => bytes.with(33, 0xff)],
  ['with bytes after the end', (bytes) => Uint8Array.from([...bytes, 0])],
];

for (const [what, change] of malformed) {
  test(`a credential ${what} is refused`, () => {
    assert.throws(() => decodeCredential(change(exampleBytes)), { code: 'ERR_WIRE_MALFORMED' });
  });
}

test('a credential without hash and keys, or with one of a wrong length, is not encoded', () => {
  const { kerberos } = example;
  assert.ok(kerberos);
  for (const bad of [
    { ...example, ntHash: undefined, kerberos: undefined },
    { ...example, ntHash: filled(15, 1) },
    { ...example, kerberos: { ...kerberos, aes256: filled(16, 1) } },
    { ...example, kerberos: { ...kerberos, aes128: filled(32, 1) } },
    { ...example, kerberos: { ...kerberos, salt: '' } },
    { ...example, kerberos: { ...kerberos, salt: 'é'.repeat(513) } },
  ]) {
    assert.throws(() => encodeCredential(bad), RangeError);
  }
});

test('a decoded credential is a copy: wiping the bytes leaves it, and wiping it leaves zeros', () => {
  // A Buffer, whose slices would be views.
  const bytes = Buffer.from(exampleBytes);
  const credential = decodeCredential(bytes);
  bytes.fill(0);
  assert.deepEqual(credential, example);
  wipeCredential(credential);
  assert.deepEqual(credential.ntHash, filled(16, 0));
  assert.deepEqual(credential.kerberos?.aes256, filled(32, 0));
  assert.deepEqual(credential.kerberos?.aes128, filled(16, 0));
});
