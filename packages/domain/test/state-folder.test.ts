import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { FeedPlace } from '../src/state-folder.ts';

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-place-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const feed = { tenant: 'contoso', directory: 'https://cloud:8443', database: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' };

test('a place that was written is read again by the next start', async (context) => {
  const stateDir = folderOf(context);
  const place = new FeedPlace({ stateDir, feed });
  assert.equal(await place.read(), undefined);
  await place.write(41);
  await place.write(42);
  assert.equal(await new FeedPlace({ stateDir, feed }).read(), 42);
  assert.deepEqual(readdirSync(stateDir), ['feed-place.json']);
});

test('the next start reads on before the first change that did not get through', async (context) => {
  const place = new FeedPlace({ stateDir: folderOf(context), feed });
  await place.write(42, 17);
  assert.equal(await place.read(), 16);
  await place.write(42, 1);
  assert.equal(await place.read(), 0);
  await place.write(42);
  assert.equal(await place.read(), 42);
});

test('the place of another tenant, another directory or another database does not count', async (context) => {
  const stateDir = folderOf(context);
  await new FeedPlace({ stateDir, feed }).write(42);
  assert.equal(await new FeedPlace({ stateDir, feed: { ...feed, tenant: 'other' } }).read(), undefined);
  assert.equal(await new FeedPlace({ stateDir, feed: { ...feed, directory: 'https://other' } }).read(), undefined);
  assert.equal(await new FeedPlace({ stateDir, feed: { ...feed, database: 'restored' } }).read(), undefined);
});

test('a damaged file means the beginning', async (context) => {
  const stateDir = folderOf(context);
  const place = new FeedPlace({ stateDir, feed });
  for (const text of [
    '',
    '{',
    'null',
    '{"cursor":3}',
    JSON.stringify({ ...feed, cursor: -1, unsettledFrom: null }),
    '\0\0\0',
  ]) {
    writeFileSync(join(stateDir, 'feed-place.json'), text);
    assert.equal(await place.read(), undefined);
  }
});

test('a folder that cannot be written to is named, and tried again', async () => {
  const place = new FeedPlace({ stateDir: '/nonexistent/causeway', feed });
  await assert.rejects(place.write(1), (error: { code: string; message: string; disposition: string }) => {
    assert.equal(error.code, 'ERR_DOMAIN_STATE_DIR');
    assert.match(error.message, /\/nonexistent\/causeway/);
    assert.equal(error.disposition, 'retry');
    return true;
  });
});
