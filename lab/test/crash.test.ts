import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Lab } from '@causeway/lab';
import { partsOf, tracesOf } from './traces.ts';
import type { LabParts } from './traces.ts';

const STATE = '/var/lib/causeway-lab-test';
process.env['CAUSEWAY_LAB_STATE'] = STATE;
const NAME = 'crash';
const FOLDER = join(STATE, NAME);

/** Runs `up` and kills it so long after it has announced a step. Gives what it had made by then. */
async function crashDuring(step: string, delayMs: number): Promise<LabParts> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts'), 'up', '--name', NAME], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: process.env,
  });
  for await (const chunk of child.stderr) if (String(chunk).includes(step)) break;
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return partsOf(FOLDER);
}

after(async () => {
  await Lab.remove(NAME);
});

for (const [step, delayMs] of [
  ['start hosts', 5],
  ['start hosts', 60],
  ['fill domains', 30],
  ['start domain controllers', 150],
] as const) {
  test(`down leaves nothing when up was killed ${delayMs} ms into "${step}"`, async () => {
    const parts = await crashDuring(step, delayMs);
    assert.notEqual(Lab.status(NAME).state, 'up');
    assert.notDeepEqual(tracesOf(FOLDER, parts), [], 'it was killed after it had begun');
    assert.equal(await Lab.remove(NAME), true);
    assert.deepEqual(tracesOf(FOLDER, parts), []);
  });
}

test('up removes what a killed up of the same name left, and succeeds', async () => {
  const parts = await crashDuring('start domain controllers', 50);
  assert.notEqual(parts.processes.size, 0);
  const lab = await Lab.up({ name: NAME });
  assert.equal((await lab.exec('vm1', ['getent', 'hosts', 'managed-dc1.aadds.contoso.test'])).exitCode, 0);
  assert.deepEqual(tracesOf('/nowhere', { ...parts, namespaces: new Set() }), [], 'its processes are gone');
  assert.equal(partsOf(FOLDER).namespaces.size, 6 * 5, 'five hosts and the switch have five namespaces each');
});

test('a lab with a host that has ended is incomplete, and down removes it', async () => {
  const parts = partsOf(FOLDER);
  const { hosts } = Lab.status(NAME);
  assert.ok(hosts.every((host) => host.running));
  const init = Number(readFileSync(join(FOLDER, 'hosts/cloud/init.pid'), 'utf8'));
  process.kill(init, 'SIGKILL');
  while (Lab.status(NAME).hosts.some((host) => host.name === 'cloud' && host.running)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(Lab.status(NAME).state, 'incomplete');
  assert.throws(() => Lab.attach(NAME), { code: 'ERR_LAB_NOT_UP' });
  await Lab.remove(NAME);
  assert.deepEqual(tracesOf(FOLDER, parts), []);
});
