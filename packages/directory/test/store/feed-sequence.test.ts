import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import type { DirectoryStore } from '../../src/store/directory-store.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { backUp, restore } from '../support/backup.ts';
import { createFolder } from '../support/folder.ts';
import { anchorOf, objectBatch, range } from '../support/samples.ts';

const tenant = 'contoso';
const noon = Date.parse('2026-11-22T12:00:00Z');

async function openStore(path: string): Promise<DirectoryStore> {
  const store = await openSqliteStore(path);
  await store.addTenants([tenant]);
  return store;
}

/** Accepts these users at a time, in milliseconds since 1970, and gives the sequences of all changes there are then. */
async function accept(store: DirectoryStore, timeMs: number, numbers: Iterable<number>): Promise<number[]> {
  const origin = { tenant, at: new Date(timeMs).toISOString(), createObjectId: randomUUID };
  await store.acceptObjects(origin, objectBatch(null, 'o', numbers));
  const { changes } = await store.loadChanges(tenant, { after: 0, limit: 2_000 });
  return changes.map(({ sequence }) => sequence);
}

test('sequences follow the time in microseconds, and go on one by one while the clock does not', async () => {
  const path = join(createFolder(), 'directory.sqlite');
  const store = await openStore(path);
  const first = noon * 1_000;
  assert.deepEqual(await accept(store, noon, [1, 2]), [first, first + 1]);
  assert.deepEqual((await accept(store, noon, [3])).slice(-1), [first + 2]);
  assert.deepEqual((await accept(store, noon - 3_600_000, [4, 5])).slice(-2), [first + 3, first + 4]);
  assert.deepEqual((await accept(store, noon + 1, [6])).slice(-1), [first + 1_000]);
  // More at once than the millisecond has room for.
  assert.deepEqual((await accept(store, noon + 2, range(10, 1_310))).slice(-1), [first + 3_299]);
  assert.deepEqual((await accept(store, noon + 3, [7])).slice(-1), [first + 3_300]);
  await store.close();
  const database = new BetterSqlite3(path, { readonly: true });
  const kinds = 'select typeof(sequence) from objects union select typeof(feed_head) from tenants';
  assert.deepEqual(database.prepare(kinds).pluck().all(), ['integer']);
  database.close();
});

test('after a copy was restored, whoever had come further misses nothing', async () => {
  const path = join(createFolder(), 'directory.sqlite');
  const before = await openStore(path);
  await accept(before, noon, range(0, 9));
  const copy = await backUp(path);
  const place = (await accept(before, noon + 1, range(100, 103))).at(-1) ?? assert.fail();
  await before.close();
  restore(copy, path);

  const store = await openStore(path);
  const read = async () => store.loadChanges(tenant, { after: place, limit: 100 });
  await assert.rejects(read(), {
    code: 'ERR_DIRECTORY_FEED_POSITION_UNKNOWN',
    details: { feedHead: noon * 1_000 + 8 },
  });
  await accept(store, noon + 2, range(200, 205));
  const { changes } = await read();
  assert.deepEqual(
    changes.map(({ anchor }) => anchor),
    Array.from(range(200, 205), anchorOf),
  );
  await store.close();
});
