import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createTenantKey, ensureTenantKey, loadTenantKey, tenantKeyPath } from '../src/index.ts';

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-key-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state');
}

const code = (expected: string, nextStep: RegExp) => (error: unknown) => {
  const { code: actual, nextStep: step } = error as { code: string; nextStep: string };
  assert.equal(actual, expected);
  assert.match(step, nextStep);
  return true;
};

test('a key that was made is loaded again, and only its owner may read it', async (context) => {
  const folder = folderOf(context);
  assert.equal(await loadTenantKey(folder), undefined);
  const made = await createTenantKey(folder);
  assert.equal(statSync(tenantKeyPath(folder)).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const loaded = await loadTenantKey(folder);
  assert.equal(loaded?.keyId, made.keyId);
  assert.deepEqual(loaded.publicKey, made.publicKey);
});

test('ensuring a key makes it once and gives the public key in base64', async (context) => {
  const folder = folderOf(context);
  const first = await ensureTenantKey({ stateDir: folder });
  assert.deepEqual(await ensureTenantKey({ stateDir: folder }), first);
  assert.match(first.publicKey, /^[A-Za-z0-9+/]{43}=$/);
  assert.notEqual(readFileSync(tenantKeyPath(folder), 'utf8').trim(), first.publicKey);
});

test('a key that is there is never overwritten', async (context) => {
  const folder = folderOf(context);
  await createTenantKey(folder);
  const before = readFileSync(tenantKeyPath(folder));
  await assert.rejects(createTenantKey(folder), code('ERR_DOMAIN_KEY_EXISTS', /--replace-key/));
  assert.deepEqual(readFileSync(tenantKeyPath(folder)), before);
});

test('a key that others may read is refused', async (context) => {
  const folder = folderOf(context);
  await createTenantKey(folder);
  for (const mode of [0o640, 0o604, 0o660]) {
    chmodSync(tenantKeyPath(folder), mode);
    await assert.rejects(loadTenantKey(folder), code('ERR_DOMAIN_KEY_PERMISSIONS', /chmod 600/));
  }
});

test('a damaged key file is refused, and its content is in no message', async (context) => {
  const folder = folderOf(context);
  await createTenantKey(folder);
  const line = readFileSync(tenantKeyPath(folder), 'utf8');
  for (const damaged of ['', line.slice(1), `${line}x`, line.replace('=', ''), '\0'.repeat(44)]) {
    writeFileSync(tenantKeyPath(folder), damaged);
    await assert.rejects(loadTenantKey(folder), (error: Error) => {
      assert.ok(!JSON.stringify([error.message, error.stack, error.cause]).includes(line.slice(5, 20)));
      return code('ERR_DOMAIN_KEY_FORMAT', /restore the file/)(error);
    });
  }
});
