import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeManagedPassword, decodePasswordHistory, wipeManagedPassword } from '@ad-protocols/credentials';
import { md4 } from '@ad-protocols/crypto';
import { assertEveryTruncationRefused, hex } from '@ad-protocols/testing';
import * as fc from 'fast-check';

// DSInternals (MIT), ManagedPasswordTester: a group-managed service account of a test domain, with its NT hash.
const blob = hex(`01000000 22010000 1000 0000 1201 1a01
  1609f270f541c315ffee9fcd22a98447b5c6e6fb7151cb020a2b017bb4e003647949967fc96f7c9ec3426b80901bb9c162867cbc68c520c4
  d7a431c3d9a670f8aa41d2ae5c0c08f27f8698b90c18a5a576e9933fb0cadaf8e661be2f58308c580866b1ae582ee50a9aa7c5d65a312dbb
  c3542c51c7e0b2d4c61e9763de481d9963367273aa72b53c2e402e31c6cd38e7785ad06639cdfa07738d19ae20c370e06787ad2f600823c5
  05fc9dd32b3f06505da37b86b298d3650140af83c1f01c907964d182ea0efb19e74c949f58123fdecb41f78ed0eabbde31bb46afd3134da8
  2550380ed36038d100f71095404a97e52d661dbe4f74deef4122a102dca69896 0000
  864973f960170000 86eba24660170000`);
const ntHash = hex('1fe07f47bfa7f511d902ed5cfb79cc4d');

/** The blob of a domain controller for passwords given. */
function encode(current: Uint8Array, previous?: Uint8Array): Uint8Array {
  const passwords = previous ? [current, Buffer.alloc(2), previous, Buffer.alloc(2)] : [current, Buffer.alloc(2)];
  const query = 16 + passwords.reduce((sum, { length }) => sum + length, 0);
  const bytes = Buffer.concat([Buffer.alloc(16), ...passwords, Buffer.alloc(16)]);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  [16, previous ? 18 + current.length : 0, query, query + 8].forEach((at, index) =>
    bytes.writeUInt16LE(at, 8 + index * 2),
  );
  bytes.writeBigUInt64LE(5n, query);
  bytes.writeBigUInt64LE(7n, query + 8);
  return new Uint8Array(bytes);
}

test('the password of a group-managed service account is the one its NT hash is of', () => {
  const password = decodeManagedPassword(blob);
  assert.equal(password.current.length, 256);
  assert.deepEqual(md4(password.current), ntHash);
  assert.equal(password.previous, undefined);
  assert.deepEqual([password.queryInterval, password.unchangedInterval], [0x1760f9734986n, 0x176046a2eb86n]);
  wipeManagedPassword(password);
  assert.ok(password.current.every((byte) => byte === 0));
});

test('any passwords come back', () => {
  const units = fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 1, maxLength: 128 });
  const password = units.map((values) => new Uint8Array(Uint16Array.from(values).buffer));
  fc.assert(
    fc.property(password, fc.option(password, { nil: undefined }), (current, previous) => {
      const expected = { current, previous, queryInterval: 5n, unchangedInterval: 7n };
      assert.deepEqual(decodeManagedPassword(encode(current, previous)), expected);
    }),
  );
});

test('a blob cut anywhere is refused', () => {
  assertEveryTruncationRefused(blob, decodeManagedPassword);
});

const malformed: readonly (readonly [what: string, offset: number, value: number])[] = [
  ['another version', 0, 2],
  ['a length that ends in the header', 4, 15],
  ['something after the end', 4, 0x121],
  ['a password in the header', 8, 14],
  ['no password', 8, 0],
  ['a former password in the header', 10, 2],
  ['an interval in the header', 12, 8],
  ['the other interval in the header', 14, 0],
  ['an empty password', 8, 0x110],
];

for (const [what, offset, value] of malformed) {
  test(`refused: ${what}`, () => {
    const bytes = blob.slice();
    new DataView(bytes.buffer).setUint16(offset, value, true);
    assert.throws(() => decodeManagedPassword(bytes), { code: 'ERR_WIRE_MALFORMED' });
  });
}

test('a password without an end and an interval outside are refused as cut short', () => {
  const endless = new Uint8Array(encode(hex('41004200'))).fill(1, 20);
  const outside = blob.slice();
  outside[12] = 0xff;
  for (const bytes of [endless, outside]) {
    assert.throws(() => decodeManagedPassword(bytes), { code: 'ERR_WIRE_TRUNCATED' });
  }
});

test('a history is split into its hashes, the current one first', () => {
  const hashes = [1, 2, 3].map((value) => new Uint8Array(16).fill(value));
  const history = new Uint8Array(Buffer.concat(hashes));
  const split = decodePasswordHistory(history);
  assert.deepEqual(split, hashes);
  history.fill(0);
  assert.deepEqual(split, hashes, 'copies');
  assert.deepEqual(decodePasswordHistory(new Uint8Array()), []);
  for (const length of [1, 15, 17, 47]) {
    assert.throws(() => decodePasswordHistory(new Uint8Array(length)), { code: 'ERR_WIRE_MALFORMED' });
  }
});
