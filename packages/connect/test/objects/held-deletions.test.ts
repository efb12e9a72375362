import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heldDeletions } from '../../src/objects/held-deletions.ts';

describe('deletions that are held back', () => {
  it('are told when their number changes, and otherwise every half an hour', () => {
    const told: number[] = [];
    let now = 0;
    const tell = heldDeletions({ now: () => now }, ({ pendingDeletes }) => void told.push(pendingDeletes));
    const steps = [
      [0, 501, 1],
      [1_000, 501, 1],
      [2_000, 502, 2],
      [3_000, 501, 3],
      [1_802_999, 501, 3],
      [1_803_000, 501, 4],
    ] as const;
    for (const [at, pendingDeletes, times] of steps) {
      now = at;
      tell({ connector: 'contoso - AAD', pendingDeletes, threshold: 500 });
      assert.equal(told.length, times, `at ${at} ms`);
    }
    assert.deepEqual(told, [501, 502, 501, 501]);
  });
});
