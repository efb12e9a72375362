import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentResults } from '../src/recent-results.ts';

/** A cache of 2, and how often each result was made. */
function counting(): { get: (key: string) => Promise<string>; made: string[]; results: RecentResults<string> } {
  const made: string[] = [];
  const results = new RecentResults<string>(2);
  const get = (key: string): Promise<string> =>
    results.get(key, () => {
      made.push(key);
      return key === 'bad' ? Promise.reject(new RangeError(key)) : Promise.resolve(key.toUpperCase());
    });
  return { get, made, results };
}

test('a result is made once, also for those who ask while it is on its way', async () => {
  const { get, made } = counting();
  assert.deepEqual(await Promise.all([get('a'), get('a')]), ['A', 'A']);
  assert.equal(await get('a'), 'A');
  assert.deepEqual(made, ['a']);
});

test('the result that was used longest ago makes room', async () => {
  const { get, made, results } = counting();
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
  assert.deepEqual(made, ['a', 'b', 'c', 'b']);
  assert.equal(results.size, 2);
});

test('a result that failed is not kept', async () => {
  const { get, made, results } = counting();
  await assert.rejects(get('bad'), RangeError);
  await assert.rejects(get('bad'), RangeError);
  assert.deepEqual(made, ['bad', 'bad']);
  assert.equal(results.size, 0);
});
