import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { describe, it } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import type { EventLog, EventQuery, LoggedEvent } from '../src/index.ts';
import { nextTurn, openLog, type TestClock } from './support/logs.ts';

const DAY_MS = 86_400_000;
const corp = 'corp.contoso.test';
const Corp = 'CORP.contoso.test';

function countRows(file: string): number {
  const database = new BetterSqlite3(file, { readonly: true });
  try {
    return Number(database.prepare('SELECT count(*) FROM events').pluck().get());
  } finally {
    database.close();
  }
}

/** Bytes of the file and of its write-ahead log. */
function sizeOf(file: string): number {
  return statSync(file).size + (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0);
}

describe('an event log', () => {
  it('gives back what was written, with number, time, name, level, source, connector, message and data', async () => {
    const { log, clock } = openLog();
    log.write(650, { connector: corp, count: 3, trackingId: 'a1' });
    assert.deepEqual(log.query(), [
      {
        recordNumber: 1,
        time: clock.time,
        id: 650,
        name: 'batchStarted',
        level: 'Information',
        source: 'Directory Synchronization',
        connector: corp,
        message: `Credential batch start. Connector: ${corp}, Count: 3, Tracking ID: a1`,
        data: { connector: corp, count: 3, trackingId: 'a1' },
      },
    ]);
    await log.close();
  });

  it('is a file of mode 0600, and so is everything beside it', async () => {
    const { log, file } = openLog();
    log.write(601, {});
    log.query();
    for (const name of [file, `${file}-wal`, `${file}-shm`]) assert.equal(statSync(name).mode & 0o777, 0o600, name);
    await log.close();
  });

  it('stores what one turn of the event loop wrote when the turn is over', async () => {
    const { log, file } = openLog();
    for (let count = 0; count < 900; count += 1) log.write(668, { connector: corp, count });
    assert.equal(countRows(file), 0);
    await nextTurn();
    assert.equal(countRows(file), 900);
    await log.close();
  });

  it('does not gather more than a thousand events in memory, however long a turn takes', async () => {
    const { log, file } = openLog();
    for (let count = 0; count < 8000; count += 1) log.write(668, { connector: corp, count });
    assert.equal(countRows(file), 8000);
    await log.close();
  });

  it('stores what is pending when it is closed', async () => {
    const { log, file } = openLog();
    log.write(602, {});
    log.write(609, {});
    await log.close();
    assert.equal(countRows(file), 2);
  });

  it('keeps data as they were when they were written', async () => {
    const { log } = openLog();
    const users = ['CN=A'];
    log.write(620, { connector: corp, users });
    users.push('CN=B');
    assert.deepEqual(log.latest(620)?.data.users, ['CN=A']);
    await log.close();
  });

  it('hands every event to every sink at once, and closes them', async () => {
    const seen: LoggedEvent[][] = [[], []];
    let closed = 0;
    const close = (): Promise<void> => {
      closed += 1;
      return Promise.resolve();
    };
    const { log } = openLog({ sinks: seen.map((events) => ({ accept: (event) => events.push(event), close })) });
    log.write(613, { connector: corp });
    for (const events of seen)
      assert.deepEqual(
        events.map(({ id, level }) => [id, level]),
        [[613, 'Warning']],
      );
    await log.close();
    assert.equal(closed, 2);
  });

  it('goes on with its record numbers after a restart, and uses none twice after its newest events were removed', async () => {
    const first = openLog();
    for (let count = 0; count < 3; count += 1) first.log.write(668, { connector: corp, count });
    await first.log.close();
    const clock = first.clock;
    clock.time += 31 * DAY_MS;
    const { log } = openLog({ file: first.file, clock });
    assert.deepEqual(log.query(), []);
    log.write(601, {});
    assert.equal(log.latest(601)?.recordNumber, 4);
    await log.close();
  });
});

/** Records 1 to 6, a second apart. */
function fill(log: EventLog, clock: TestClock): void {
  const writes = [
    () => log.write(601, {}),
    () => log.write(650, { connector: corp, count: 1, trackingId: 'a' }),
    () => log.write(650, { connector: Corp, count: 1, trackingId: 'b' }),
    () => log.write(613, { connector: corp }),
    () => log.write(620, { connector: corp, users: ['CN=JÖRG 100%,DC=corp'] }),
    () => log.write(617, { forest: corp }),
  ];
  for (const write of writes) {
    write();
    clock.time += 1000;
  }
}

describe('a query', () => {
  const start = Date.parse('2026-11-27T08:00:00Z');
  const cases: readonly [what: string, query: EventQuery, found: readonly number[]][] = [
    ['everything, oldest first', {}, [1, 2, 3, 4, 5, 6]],
    ['newest first', { newestFirst: true }, [6, 5, 4, 3, 2, 1]],
    ['one id', { ids: [650] }, [2, 3]],
    ['several ids', { ids: [601, 617] }, [1, 6]],
    ['no id', { ids: [] }, []],
    ['a level', { levels: ['Warning'] }, [4, 5]],
    ['a connector, its case included, and what is about its forest', { connector: corp }, [2, 4, 5, 6]],
    ['a time and later', { since: start + 4000 }, [5, 6]],
    ['a time and earlier', { until: start + 1000 }, [1, 2]],
    ['records after a number', { after: 4 }, [5, 6]],
    ['a text in any case, beyond ASCII', { text: 'Jörg 100%' }, [5]],
    ['a text with a wildcard of SQL, which is none', { text: 'J%' }, []],
    ['the first so many', { limit: 2 }, [1, 2]],
    ['the newest so many', { limit: 2, newestFirst: true }, [6, 5]],
    [
      'all conditions at once',
      { ids: [650, 613], connector: corp, levels: ['Information'], since: start, limit: 9 },
      [2],
    ],
  ];
  for (const [what, query, found] of cases) {
    it(`finds ${what}`, async () => {
      const { log, clock } = openLog();
      fill(log, clock);
      assert.deepEqual(
        log.query(query).map(({ recordNumber }) => recordNumber),
        found,
      );
      await log.close();
    });
  }

  it('finds the latest of an id, of any connector or one', async () => {
    const { log, clock } = openLog();
    fill(log, clock);
    assert.equal(log.latest(650)?.data.trackingId, 'b');
    assert.equal(log.latest(650, corp)?.data.trackingId, 'a');
    assert.equal(log.latest(650, 'other'), undefined);
    assert.equal(log.latest(654), undefined);
    await log.close();
  });
});

describe('the limits', () => {
  it('remove what is older than the days, a part at a time, and leave the rest', async () => {
    const { log, clock } = openLog({ limits: { maxAgeDays: 2, maxMiB: 64 } });
    for (let count = 0; count < 3000; count += 1) log.write(668, { connector: corp, count });
    log.query();
    clock.time += DAY_MS;
    log.write(601, {});
    log.query();
    clock.time += 1.5 * DAY_MS;
    log.write(602, {});
    const remaining = log.query({ ids: [668] }).length;
    assert.ok(remaining > 0 && remaining < 3000, `${remaining} of 3000 are left after the first time`);
    for (let minute = 0; minute < 10; minute += 1) {
      clock.time += 60_000;
      log.query();
    }
    assert.deepEqual(
      log.query().map(({ id }) => id),
      [601, 602],
    );
    assert.deepEqual(log.query({ text: 'stopping' }).length, 1);
    await log.close();
  });

  it('keep the store below its size however much is written, and the newest events in it', async () => {
    const { log, file } = openLog({ limits: { maxAgeDays: 30, maxMiB: 1 } });
    const users = Array.from({ length: 50 }, (_, index) => ({
      anchor: `anchor-${index}`,
      dn: `CN=User ${index},OU=Sales,DC=corp,DC=contoso,DC=test`,
      changeDate: '2026-11-27T08:00:00Z',
    }));
    let largest = 0;
    for (let batch = 0; batch < 3000; batch += 1) {
      log.write(656, { connector: corp, users });
      if (batch % 100 !== 99) continue;
      await nextTurn();
      largest = Math.max(largest, sizeOf(file));
    }
    log.write(609, {});
    const numbers = log.query().map(({ recordNumber }) => recordNumber);
    assert.equal(numbers.at(-1), 3001);
    assert.ok(numbers.length > 10 && numbers.length < 500, `${numbers.length} of 3001 are left`);
    assert.deepEqual(
      numbers,
      [...numbers.keys()].map((index) => 3002 - numbers.length + index),
    );
    assert.ok(largest < 16 * 1_048_576, `${largest} bytes at most`);
    await log.close();
    assert.ok(statSync(file).size < 4 * 1_048_576, `${statSync(file).size} bytes in the end`);
  });

  it('give the disk back what a smaller size leaves unused', async () => {
    const first = openLog();
    for (let count = 0; count < 20_000; count += 1) first.log.write(668, { connector: corp, count });
    await first.log.close();
    const before = statSync(first.file).size;
    assert.ok(before > 3 * 1_048_576);
    const { log, clock } = openLog({ file: first.file, limits: { maxAgeDays: 30, maxMiB: 1 } });
    for (let minute = 0; minute < 60; minute += 1) {
      clock.time += 60_000;
      log.query({ limit: 1 });
    }
    await log.close();
    const after = statSync(first.file).size;
    assert.ok(after <= 1_048_576 && after > 262_144, `${before} bytes before, ${after} after`);
  });
});
