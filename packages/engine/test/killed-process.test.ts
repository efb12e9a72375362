import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { createFolder } from './support/folder.ts';
import { actualTenant, expectedTenant } from './support/model.ts';
import { seededHistory } from './support/seeded-history.ts';
import { StoreTenant } from './support/store-tenant.ts';
import { exportedBy, World } from './support/world.ts';

const program = fileURLToPath(new URL('support/cycling-process.ts', import.meta.url));
const KILLS = Number(process.env['KILLS'] ?? 24);

/** Lets a process cycle until it has written some lines, and kills it. */
async function killAfter(folder: string, lines: number): Promise<void> {
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let count = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    count += 1;
    if (count === lines) child.kill('SIGKILL');
  }
  const [, signal] = (await exited) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
}

describe('a process that is killed again and again', () => {
  it(`at ${KILLS} moments leaves a whole database, and a tenant that comes to be right`, async () => {
    const folder = createFolder();
    writeFileSync(join(folder, 'steps'), '40');
    for (let kill = 0; kill < KILLS; kill += 1) {
      await killAfter(folder, 1 + ((kill * 7_919) % 37));
      const database = new BetterSqlite3(join(folder, 'engine.sqlite'));
      assert.equal(database.pragma('integrity_check', { simple: true }), 'ok');
      database.close();
    }
    const { history } = seededHistory(Number(readFileSync(join(folder, 'steps'), 'utf8')));
    await using tenant = await StoreTenant.open(join(folder, 'directory.sqlite'));
    const world = new World(history.forests, tenant.directory, { file: join(folder, 'engine.sqlite') });
    await world.cycle();
    assert.deepEqual(await actualTenant(world), expectedTenant(history.forests, history.scopes));
    assert.deepEqual(world.warnings, []);
    assert.equal(exportedBy(await world.cycle()), 0);
    world.reopen();
  });
});
