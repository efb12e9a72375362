import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { EventTail, type EventLog } from '../src/index.ts';
import { createFolder } from './support/folder.ts';
import { openLog } from './support/logs.ts';

const connector = 'corp.contoso.test';

function write(log: EventLog, first: number, last: number): void {
  for (let count = first; count <= last; count += 1) log.write(668, { connector, count });
  log.query({ limit: 1 });
}

function next(tail: EventTail): number[] {
  return tail.next().map((event) => (event.id === 668 ? event.data.count : event.id));
}

describe('a tail of an event log', () => {
  it('gives what is there in pages, then what comes, and each event once', async () => {
    const { log, file } = openLog();
    write(log, 1, 2500);
    const tail = new EventTail(file, {});
    assert.deepEqual(
      [next(tail).length, next(tail).length, next(tail).length, next(tail).length],
      [1000, 1000, 500, 0],
    );
    write(log, 2501, 2502);
    assert.deepEqual(next(tail), [2501, 2502]);
    assert.deepEqual(next(tail), []);
    tail.close();
    await log.close();
  });

  it('begins with the newest so many that match, or with the first when there are fewer', async () => {
    const { log, file } = openLog();
    write(log, 1, 4);
    log.write(601, {});
    write(log, 5, 6);
    const newest = new EventTail(file, { ids: [668] }, 3);
    assert.deepEqual(next(newest), [4, 5, 6]);
    const all = new EventTail(file, { ids: [668] }, 9);
    assert.deepEqual(next(all), [1, 2, 3, 4, 5, 6]);
    log.write(602, {});
    write(log, 7, 7);
    assert.deepEqual([next(newest), next(all)], [[7], [7]]);
    newest.close();
    all.close();
    await log.close();
  });

  it('goes on over a restart of the agent', async () => {
    const first = openLog();
    write(first.log, 1, 2);
    const tail = new EventTail(first.file, {});
    assert.deepEqual(next(tail), [1, 2]);
    await first.log.close();
    assert.deepEqual(next(tail), []);
    const second = openLog({ file: first.file });
    write(second.log, 3, 3);
    assert.deepEqual(next(tail), [3]);
    tail.close();
    await second.log.close();
  });

  it('reads a log that takes the place of the old one from its start', async () => {
    const first = openLog();
    write(first.log, 1, 2);
    const tail = new EventTail(first.file, {});
    assert.deepEqual(next(tail), [1, 2]);
    await first.log.close();
    for (const name of readdirSync(join(first.file, '..'))) rmSync(join(first.file, '..', name));
    assert.deepEqual(next(tail), []);
    const second = openLog({ file: first.file });
    write(second.log, 7, 7);
    assert.deepEqual(next(tail), [7]);
    tail.close();
    await second.log.close();
  });

  it('needs a log to begin with', () => {
    const file = join(createFolder(), 'events.sqlite');
    assert.throws(() => new EventTail(file, {}), { code: 'ERR_EVENTS_NONE' });
  });
});
