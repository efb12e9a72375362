import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import BetterSqlite3 from 'better-sqlite3';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { credentialBatch, keyId, objectBatch, publicKey, versionOf } from '../support/samples.ts';
import { createFolder } from '../support/folder.ts';

function newPath(): string {
  return join(createFolder(), 'directory.sqlite');
}

const at = '2026-11-22T18:41:00.000Z';
const origin = { tenant: 'contoso', source: 'corp', at, createObjectId: randomUUID };

test('what was accepted is there after the database was opened again', async () => {
  const path = newPath();
  const first = await openSqliteStore(path);
  await first.addTenants(['contoso']);
  await first.saveKey('contoso', { publicKey, keyId }, at);
  await first.acceptCredentials(origin, credentialBatch(null, 'c1', [1]));
  await first.close();
  const second = await openSqliteStore(path);
  assert.equal((await second.loadSource('contoso', 'corp')).credentialCursor, 'c1');
  await second.acceptCredentials(origin, credentialBatch('c1', 'c2', [1], { version: versionOf(2) }));
  assert.deepEqual(
    (await second.loadChanges('contoso', { after: 0, limit: 10 })).changes.map((row) => row.sequence),
    [Date.parse(at) * 1_000 + 1],
  );
  await second.close();
});

test('only the owner can read the database and its log', async () => {
  const path = newPath();
  const store = await openSqliteStore(path);
  await store.addTenants(['contoso']);
  const folder = join(path, '..');
  const files = readdirSync(folder);
  assert.ok(files.length >= 2);
  for (const file of files) assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600, file);
  await store.close();
});

test('commits are flushed to disk and foreign keys are checked', async () => {
  const path = newPath();
  const store = await openSqliteStore(path);
  await store.addTenants(['contoso']);
  await assert.rejects(store.acceptObjects({ ...origin, tenant: 'nobody' }, objectBatch(null, 'o1', [1])));
  await store.close();
  const database = new BetterSqlite3(path, { readonly: true });
  assert.equal(database.pragma('journal_mode', { simple: true }), 'wal');
  database.close();
});

test('a file that is no database, or a folder that is not there, is named', async () => {
  const path = newPath();
  writeFileSync(path, 'this is not a database, but long enough to look like a file of some kind'.repeat(20));
  await assert.rejects(openSqliteStore(path), (error: Error & { code: string }) => {
    assert.equal(error.code, 'ERR_DIRECTORY_DATABASE_OPEN');
    assert.ok(error.message.includes(path));
    return true;
  });
  await assert.rejects(openSqliteStore('/nowhere/directory.sqlite'), { code: 'ERR_DIRECTORY_DATABASE_OPEN' });
});

test('a database of a newer release is not touched', async () => {
  const path = newPath();
  await (await openSqliteStore(path)).close();
  const database = new BetterSqlite3(path);
  database.prepare('insert into kysely_migration (name, timestamp) values (?, ?)').run('9999-from-the-future', at);
  database.close();
  await assert.rejects(openSqliteStore(path), { code: 'ERR_DIRECTORY_DATABASE_MIGRATE' });
});
