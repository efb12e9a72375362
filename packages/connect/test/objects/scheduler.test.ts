import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { openAgentState } from '../../src/agent/agent-state.ts';
import {
  changeScheduler,
  describeScheduler,
  effectiveInterval,
  readSchedulerSettings,
  runsByItself,
} from '../../src/objects/scheduler.ts';

describe('the scheduler', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'scheduler-'));
  const state = openAgentState(folder);
  after(() => {
    state.close();
    rmSync(folder, { recursive: true });
  });
  const standard = readSchedulerSettings(state);

  it('keeps what was changed, and everything else as it was', () => {
    changeScheduler(state, { customizedSyncCycleInterval: 3_600 });
    changeScheduler(state, { syncCycleEnabled: false });
    assert.deepEqual(readSchedulerSettings(state), {
      ...standard,
      customizedSyncCycleInterval: 3_600,
      syncCycleEnabled: false,
    });
  });

  const intervals = [
    [null, 1_800],
    [0, 1_800],
    [1_799, 1_800],
    [1_800, 1_800],
    [86_400, 86_400],
  ] as const;
  for (const [chosen, effective] of intervals) {
    it(`waits ${effective} s where ${chosen} are chosen`, () =>
      assert.equal(effectiveInterval({ ...standard, customizedSyncCycleInterval: chosen }), effective));
  }

  const switches = [
    [{}, true],
    [{ syncCycleEnabled: false }, false],
    [{ schedulerSuspended: true }, false],
  ] as const;
  for (const [change, expected] of switches) {
    it(`${expected ? 'begins' : 'begins no'} cycles with ${JSON.stringify(change)}, and says when`, () => {
      const settings = { ...standard, ...change };
      const facts = { lastCycleAt: Date.UTC(2026, 0, 1), now: 0, staging: false, inProgress: false };
      assert.equal(runsByItself(settings), expected);
      assert.equal(
        describeScheduler(settings, facts).nextSyncCycleStartTimeInUTC,
        expected ? '2026-01-01T00:30:00.000Z' : null,
      );
    });
  }
});
