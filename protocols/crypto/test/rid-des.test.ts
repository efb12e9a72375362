import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import { unwrapHashByRid, wrapHashByRid } from '@ad-protocols/crypto';
import * as fc from 'fast-check';

const hash = fc.uint8Array({ minLength: 16, maxLength: 16 });
const rid = fc.integer({ min: 0, max: 0xffffffff });

/** Seven bytes as eight groups of seven bits, by text: independent of the code under test. */
function spread(seven: readonly number[]): Buffer {
  const bits = seven.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Buffer.from(
    Array.from({ length: 8 }, (_, index) => Number.parseInt(`${bits.slice(index * 7, index * 7 + 7)}0`, 2)),
  );
}

test('a hash is wrapped by two DES blocks whose keys are the bytes of the RID in the order of [MS-SAMR] 2.2.11.1.3', () => {
  fc.assert(
    fc.property(hash, rid, (plain, id) => {
      const [a = 0, b = 0, c = 0, d = 0] = [0, 8, 16, 24].map((shift) => (id >>> shift) & 0xff);
      const halves = [
        { key: spread([a, b, c, d, a, b, c]), block: plain.subarray(0, 8) },
        { key: spread([d, a, b, c, d, a, b]), block: plain.subarray(8) },
      ].map(({ key, block }) => createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).update(block));
      assert.equal(Buffer.from(wrapHashByRid(plain, id)).toString('hex'), Buffer.concat(halves).toString('hex'));
    }),
  );
});

test('a wrapped hash comes back with its own RID and with no neighbouring one', () => {
  fc.assert(
    fc.property(hash, rid, (plain, id) => {
      const wrapped = wrapHashByRid(plain, id);
      assert.deepEqual(unwrapHashByRid(wrapped, id), plain);
      assert.notDeepEqual(unwrapHashByRid(wrapped, (id ^ 1) >>> 0), plain);
    }),
  );
});

test('a hash of another length and a RID out of range are refused', () => {
  assert.throws(() => unwrapHashByRid(new Uint8Array(15), 500), RangeError);
  assert.throws(() => wrapHashByRid(new Uint8Array(32), 500), RangeError);
  for (const bad of [-1, 0x1_0000_0000, 1.5, Number.NaN]) {
    assert.throws(() => unwrapHashByRid(new Uint8Array(16), bad), RangeError);
  }
});
