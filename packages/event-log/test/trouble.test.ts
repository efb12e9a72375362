import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CausewayError } from '@causeway/model';
import { EventLog } from '../src/index.ts';
import { createFolder } from './support/folder.ts';
import { nextTurn, openLog } from './support/logs.ts';

const skip = process.getuid?.() === 0 ? false : 'mounting a small disk needs root';
const connector = 'corp.contoso.test';
const long = 'x'.repeat(10_000);

describe('a log whose disk is full', { skip }, () => {
  it('never fails, tells once, serves what it has, and goes on by itself when there is room', async () => {
    const folder = createFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'causeway-test', folder]);
    try {
      const { log, problems, recoveries, clock } = openLog({ file: join(folder, 'events.sqlite') });
      log.write(601, {});
      await nextTurn();
      for (let count = 0; count < 3000; count += 1) {
        log.write(603, { reason: `${count} ${long}` });
        clock.time += 5;
        if (count % 10 === 9) await nextTurn();
      }
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['ERR_EVENTS_UNUSABLE'],
      );
      assert.match(problems[0]?.message ?? '', /events\.sqlite.*full/);
      assert.deepEqual(recoveries, []);
      assert.equal(log.latest(601)?.recordNumber, 1);

      execFileSync('mount', ['-o', 'remount,size=64m', folder]);
      clock.time += 60_000;
      log.write(602, {});
      await nextTurn();
      assert.equal(problems.length, 1);
      assert.equal(recoveries.length, 1);
      const lost = recoveries[0] ?? 0;
      assert.ok(lost > 0 && lost < 1000, `${lost} events are lost`);
      // What is stored and what is lost is everything, and the newest are stored.
      assert.equal(log.query({ ids: [603] }).length, 3000 - lost);
      assert.match(log.latest(603)?.message ?? '', / 2999 x/);
      assert.equal(log.query({ ids: [602] }).length, 1);
      await log.close();
    } finally {
      execFileSync('umount', ['--lazy', folder]);
    }
  });
});

describe('a log whose file is damaged', () => {
  const damages: readonly [what: string, damage: (whole: Buffer) => Buffer][] = [
    ['garbage', () => Buffer.from('This is no database. '.repeat(500))],
    ['a page of zeroes in the middle', (whole) => Buffer.from(whole).fill(0, 4096, whole.length)],
    ['a file cut in the middle', (whole) => whole.subarray(0, whole.length / 2)],
  ];
  for (const [what, damage] of damages) {
    it(`begins a new one and keeps the old: ${what}`, async () => {
      const first = openLog();
      for (let count = 0; count < 2000; count += 1) first.log.write(668, { connector, count });
      await first.log.close();
      writeFileSync(first.file, damage(readFileSync(first.file)));

      const { log, problems } = openLog({ file: first.file });
      for (let count = 0; count < 5; count += 1) {
        log.write(668, { connector, count: 10_000 + count });
        await nextTurn();
      }
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['ERR_EVENTS_DAMAGED'],
      );
      assert.ok(existsSync(`${first.file}.damaged`));
      assert.match(problems[0]?.message ?? '', /events\.sqlite was damaged .*events\.sqlite\.damaged/);
      assert.deepEqual(
        log.query({ ids: [668] }).map(({ data }) => data.count),
        [10_000, 10_001, 10_002, 10_003, 10_004],
      );
      await log.close();
    });
  }
});

describe('a log whose file cannot be made', () => {
  it('tells once, keeps the newest events in memory, and stores them when it can', async () => {
    const file = join(createFolder(), 'events.sqlite');
    mkdirSync(file);
    const { log, problems, recoveries, clock } = openLog({ file });
    for (let count = 0; count < 5000; count += 1) log.write(668, { connector, count });
    await nextTurn();
    clock.time += 60_000;
    assert.deepEqual(log.query(), []);
    assert.equal(log.latest(668), undefined);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['ERR_EVENTS_UNUSABLE'],
    );
    rmdirSync(file);
    clock.time += 60_000;
    assert.deepEqual(
      log.query().map(({ data }) => data),
      Array.from({ length: 2000 }, (_, index) => ({ connector, count: 3000 + index })),
    );
    assert.deepEqual(recoveries, [3000]);
    await log.close();
  });

  it('closes in order', async () => {
    const { log, problems } = openLog({ file: join(createFolder(), 'missing', 'events.sqlite') });
    log.write(601, {});
    await log.close();
    assert.equal(problems.length, 1);
  });
});

describe('a log whose file is removed while it is open', () => {
  it('begins a new one', async () => {
    const { log, file, problems } = openLog();
    log.write(601, {});
    log.query();
    for (const name of readdirSync(join(file, '..'))) rmSync(join(file, '..', name));
    log.write(602, {});
    await nextTurn();
    const reader = EventLog.openForReading(file);
    assert.deepEqual(
      reader.query().map(({ id }) => id),
      [602],
    );
    reader.close();
    assert.deepEqual(problems, []);
    await log.close();
  });
});

describe('reading', () => {
  const cases: readonly [what: string, prepare: (file: string) => void, code: string][] = [
    ['is not there', () => undefined, 'ERR_EVENTS_NONE'],
    ['is empty, as in the moment when it is made', (file) => writeFileSync(file, ''), 'ERR_EVENTS_NONE'],
    ['is garbage', (file) => writeFileSync(file, 'This is no database. '.repeat(500)), 'ERR_EVENTS_UNREADABLE'],
    ['is a folder', (file) => mkdirSync(file), 'ERR_EVENTS_UNREADABLE'],
  ];
  for (const [what, prepare, code] of cases) {
    it(`a log that ${what} fails with ${code} and says what to do`, () => {
      const file = join(createFolder(), 'events.sqlite');
      prepare(file);
      assert.throws(
        () => EventLog.openForReading(file),
        (error) =>
          error instanceof CausewayError &&
          error.code === code &&
          error.message.includes(file) &&
          error.nextStep !== '',
      );
    });
  }
});
