import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOffMs } from '@causeway/model';

test('the back-off doubles from a quarter of a second and stops at 30 seconds, however long the fault lasts', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => backOffMs(failures, () => 0));
  assert.deepEqual(longest, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test('chance takes away up to a quarter', () => {
  assert.equal(
    backOffMs(3, () => 0.999_999),
    750,
  );
  const some = new Set(Array.from({ length: 20 }, () => backOffMs(8)));
  assert.ok(some.size > 1 && [...some].every((ms) => ms >= 22_500 && ms <= 30_000));
});
