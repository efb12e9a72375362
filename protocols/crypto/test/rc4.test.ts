import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rc4 } from '@ad-protocols/crypto';
import * as fc from 'fast-check';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Key stream bytes at an offset: what RC4 gives for zeros. */
function keyStream(key: string, offset: number, length: number): string {
  return hex(new Rc4(Buffer.from(key, 'hex')).apply(new Uint8Array(offset + length)).subarray(offset));
}

// Source: RFC 6229 section 2, keys of 40, 128 and 256 bits, streams at the offsets named.
const vectors: readonly (readonly [key: string, offset: number, stream: string])[] = [
  ['0102030405', 0, 'b2396305f03dc027ccc3524a0a1118a8'],
  ['0102030405', 16, '6982944f18fc82d589c403a47a0d0919'],
  ['0102030405', 4096, 'ff25b58995996707e51fbdf08b34d875'],
  ['0102030405060708090a0b0c0d0e0f10', 0, '9ac7cc9a609d1ef7b2932899cde41b97'],
  ['0102030405060708090a0b0c0d0e0f10', 16, '5248c4959014126a6e8a84f11d1a9e1c'],
  ['0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20', 0, 'eaa6bd25880bf93d3f5d1e4ca2611d91'],
];

for (const [key, offset, stream] of vectors) {
  test(`RC4's stream of a ${key.length * 4}-bit key at offset ${offset} is RFC 6229's`, () => {
    assert.equal(keyStream(key, offset, 16), stream);
  });
}

test('RC4 gives the same bytes however the message is cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 256 }), fc.array(fc.uint8Array()), (key, pieces) => {
      const cipher = new Rc4(key);
      const inPieces = Buffer.concat(pieces.map((piece) => cipher.apply(piece)));
      assert.equal(hex(inPieces), hex(new Rc4(key).apply(Buffer.concat(pieces))));
    }),
  );
});

test('RC4 undoes itself, in place or not, and leaves the input of apply alone', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 256 }), fc.uint8Array(), (key, message) => {
      const before = hex(message);
      const sealed = new Rc4(key).apply(message);
      assert.equal(hex(message), before);
      assert.equal(new Rc4(key).applyInPlace(sealed), sealed);
      assert.equal(hex(sealed), before);
    }),
  );
});

test('RC4 refuses a key of a length it does not have', () => {
  assert.throws(() => new Rc4(new Uint8Array(0)), RangeError);
  assert.throws(() => new Rc4(new Uint8Array(257)), RangeError);
});

test('a wiped RC4 cipher lets nothing through, least of all in clear', () => {
  const cipher = new Rc4(Uint8Array.of(1, 2, 3, 4, 5));
  cipher.wipe();
  assert.throws(() => cipher.apply(new Uint8Array(16)), TypeError);
  assert.throws(() => cipher.applyInPlace(new Uint8Array(16)), TypeError);
});
