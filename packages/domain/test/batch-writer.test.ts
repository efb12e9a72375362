import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { BatchWriter } from '../src/batch-writer.ts';
import { textAttribute, type Operation } from '../src/operation.ts';

// Samba's own ldb tools on a database without a domain: what they do with a batch does not depend on one.
const withoutTools = spawnSync('ldbmodify', ['--help']).error === undefined ? false : 'ldb-tools is not installed';

function databaseOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-ldb-'));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function add(name: string): Operation {
  return {
    kind: 'add',
    dn: `CN=${name},DC=x`,
    attributes: [textAttribute('sn', name), { name: 'unicodePwd', values: [new Uint8Array(16)] }],
  };
}

function names(privateDir: string): string[] {
  const { stdout } = spawnSync('ldbsearch', ['-H', join(privateDir, 'sam.ldb'), '(sn=*)', 'sn'], { encoding: 'utf8' });
  return [...stdout.matchAll(/^sn: (.*)$/gm)].map(([, name]) => name ?? '').sort();
}

test('a batch is written as a whole', { skip: withoutTools }, async (context) => {
  const privateDir = databaseOf(context);
  const writer = new BatchWriter({ privateDir, ldbmodify: 'ldbmodify' });
  assert.deepEqual(await writer.write([add('a'), add('b'), { kind: 'rename', dn: 'CN=a,DC=x', rdn: 'CN=c' }]), {
    written: true,
  });
  assert.deepEqual(names(privateDir), ['a', 'b']);
});

test(
  'of a batch with a bad operation nothing is written, and its place is known',
  { skip: withoutTools },
  async (context) => {
    const privateDir = databaseOf(context);
    const writer = new BatchWriter({ privateDir, ldbmodify: 'ldbmodify' });
    const missing: Operation = { kind: 'modify', dn: 'CN=none,DC=x', replace: [textAttribute('sn', 'n')] };
    const result = await writer.write([add('a'), add('b'), missing, add('c')]);
    assert.ok(!result.written);
    assert.equal(result.refusedAt, 2);
    assert.match(result.problem, /CN=none,DC=x/);
    assert.deepEqual(names(privateDir), []);
  },
);

test('a database that cannot be opened fails the batch as a whole', { skip: withoutTools }, async (context) => {
  const privateDir = join(databaseOf(context), 'nonexistent');
  const result = await new BatchWriter({ privateDir, ldbmodify: 'ldbmodify' }).write([add('a')]);
  assert.ok(!result.written);
  assert.equal(result.refusedAt, undefined);
});

test('a program that is not there fails the batch as a whole, and is named', async (context) => {
  const writer = new BatchWriter({ privateDir: databaseOf(context), ldbmodify: '/nonexistent/ldbmodify' });
  const result = await writer.write([add('a')]);
  assert.ok(!result.written);
  assert.match(result.problem, /\/nonexistent\/ldbmodify cannot be started/);
});
