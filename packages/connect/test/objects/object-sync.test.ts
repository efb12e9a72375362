import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { setTimeout as turn } from 'node:timers/promises';
import { defaultTenantSettings } from '@causeway/contract';
import type { Engine, RunRecord } from '@causeway/engine';
import type { Logger } from '@causeway/model';
import { openAgentState } from '../../src/agent/agent-state.ts';
import type { SyncSession } from '../../src/agent/sync-process.ts';
import { ObjectSync } from '../../src/objects/object-sync.ts';
import { changeScheduler, readSchedulerSettings } from '../../src/objects/scheduler.ts';

const HALF_HOUR_MS = 1_800_000;

/** Whether something has come to its end once everything that can go on has, timers that are due at once included. */
async function hasEnded(work: Promise<void>): Promise<boolean> {
  let ended = false;
  void work.then(() => (ended = true));
  for (let turns = 0; turns < 20; turns += 1) await turn(1);
  return ended;
}

const refused = (dn: string) => ({ dn, code: 'name_taken', message: 'another object has the name' });

describe('object sync', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'object-sync-'));
  const state = openAgentState(folder);
  after(() => {
    state.close();
    rmSync(folder, { recursive: true });
  });
  let now: number;
  /** Milliseconds that a cycle takes. */
  let took: number;
  let settings: Promise<typeof defaultTenantSettings>;
  /** How often the clock was looked at. */
  let looks: number;
  let counts: Record<string, number>;
  let errors: { dn: string; code: string; message: string }[];
  let policies: string[];
  let lines: string[];
  let events: number[];
  let sync: ObjectSync;
  let session: SyncSession;
  const { signal } = new AbortController();

  beforeEach(async () => {
    [now, looks, counts, errors, policies, lines, events] = [1_000_000_000, 0, {}, [], [], [], []];
    [took, settings] = [0, Promise.resolve(defaultTenantSettings)];
    changeScheduler(state, { syncCycleEnabled: true, nextSyncCyclePolicyType: 'Delta' });
    const run: RunRecord = {
      id: 1,
      connector: 'corp.contoso.test',
      runProfile: 'Delta Import',
      result: 'success',
      startedAt: '',
      endedAt: null,
      get counts() {
        return counts;
      },
      get errors() {
        return errors;
      },
    };
    const engine: Pick<Engine, 'isBusy' | 'cycle' | 'purgeRuns'> = {
      isBusy: false,
      cycle: async ({ policy }) => {
        policies.push(policy);
        now += took;
        return [run];
      },
      purgeRuns: () => 0,
    };
    const record = (level: string) => (_: object, message: string) => void lines.push(`${level}: ${message}`);
    const logger: Logger = {
      debug: record('debug'),
      info: record('info'),
      warn: record('warn'),
      error: record('error'),
    };
    const clock = {
      now: () => {
        looks += 1;
        return now;
      },
    };
    sync = new ObjectSync({
      engine: engine as Engine,
      connectors: [],
      ports: {
        clock,
        logger,
        secrets: { read: async () => new Uint8Array() },
        scope: { allowNoUsers: false },
        accountOf: () => assert.fail(),
      },
      pollIntervalMs: 500,
      directory: { readSettings: async () => settings },
      state,
      events: { write: (id) => void events.push(id) },
      clock,
      logger,
      isStaging: () => false,
      onCycle: () => undefined,
    });
    session = await sync.open(signal);
  });

  it('waits for its interval where nothing changes, and then runs', async () => {
    await session.cycle(signal);
    const waiting = session.waitForWork(signal);
    assert.equal(await hasEnded(waiting), false);
    now += HALF_HOUR_MS;
    sync.noteSchedule();
    await waiting;
  });

  it('runs no cycle while they are switched off, looks no more often for it when one is due, and begins once they are on', async () => {
    await session.cycle(signal);
    changeScheduler(state, { syncCycleEnabled: false });
    now += 2 * HALF_HOUR_MS;
    const before = looks;
    const waiting = session.waitForWork(signal);
    assert.equal(await hasEnded(waiting), false);
    assert.ok(looks - before <= 2, `${looks - before} looks at the clock`);
    changeScheduler(state, { syncCycleEnabled: true });
    sync.noteSchedule();
    await waiting;
  });

  it('runs a cycle that an administrator asks for at once, also while they are switched off', async () => {
    await session.cycle(signal);
    changeScheduler(state, { syncCycleEnabled: false });
    const waiting = session.waitForWork(signal);
    sync.request('Initial');
    await waiting;
    await session.cycle(signal);
    assert.deepEqual(policies, ['Delta', 'Initial']);
  });

  it('pauses after a cycle, and not before one that an administrator asks for', async () => {
    took = 60_000;
    await session.cycle(signal);
    now += HALF_HOUR_MS;
    const waiting = session.waitForWork(signal);
    assert.equal(await hasEnded(waiting), false);
    sync.request('Delta');
    assert.equal(await hasEnded(waiting), true);
    assert.equal(await hasEnded(session.waitForWork(signal)), true);
  });

  it('counts as cycling from the moment that a cycle is asked for until it ends', async () => {
    const read = Promise.withResolvers<typeof defaultTenantSettings>();
    settings = read.promise;
    sync.request('Delta');
    const cycle = session.cycle(signal);
    assert.equal(sync.isCycling, true);
    read.resolve(defaultTenantSettings);
    await cycle;
    assert.equal(sync.isCycling, false);
    assert.deepEqual(policies, ['Delta']);
  });

  it('runs an initial cycle once where the scheduler asks for one', async () => {
    changeScheduler(state, { nextSyncCyclePolicyType: 'Initial' });
    await session.cycle(signal);
    await session.cycle(signal);
    assert.deepEqual(policies, ['Initial', 'Delta']);
    assert.equal(readSchedulerSettings(state).nextSyncCyclePolicyType, 'Delta');
  });

  const told = [
    ['nothing', {}, [], []],
    ['only what did not change', { unchanged: 7 }, [], []],
    ['changes of no weight for the tenant', { updates: 3 }, [904], ['debug']],
    ['a new object', { adds: 1, exportAdds: 1 }, [904], ['info']],
    ['a deleted object', { deletes: 1, exportDeletes: 1 }, [904], ['info']],
    ['a member', { memberAdds: 1, exportMemberAdds: 1 }, [904], ['info']],
  ] as const;
  for (const [what, found, ids, levels] of told) {
    it(`tells of a cycle that has found ${what}: ${[...ids, ...levels].join(' and ') || 'nothing'}`, async () => {
      counts = found;
      await session.cycle(signal);
      assert.deepEqual(events, ids);
      assert.deepEqual(
        lines.map((line) => line.split(':')[0]),
        levels,
      );
    });
  }

  it('warns of an object that is not synchronized, once while it lasts', async () => {
    for (const cycle of [
      [refused('CN=A')],
      [refused('CN=A')],
      [refused('CN=A'), refused('CN=B'), refused('CN=C')],
      [],
    ]) {
      errors = cycle;
      await session.cycle(signal);
    }
    errors = [refused('CN=A')];
    await session.cycle(signal);
    assert.deepEqual(lines, [
      'warn: CN=A is not synchronized: another object has the name',
      'warn: CN=B is not synchronized: another object has the name (and 1 more)',
      'warn: CN=A is not synchronized: another object has the name',
    ]);
  });
});
