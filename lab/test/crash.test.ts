import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Lab } from '@causeway/lab';
import { namespacesOf, tracesOf } from './traces.ts';

const STATE = '/var/lib/causeway-lab-test';
process.env['CAUSEWAY_LAB_STATE'] = STATE;
const NAME = 'crash';
const FOLDER = join(STATE, NAME);

/** Runs `up` and kills it so long after it has announced a step. Gives the namespaces it had made by then. */
async function crashDuring(step: string, delayMs: number): Promise<Set<string>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/main.ts'), 'up', '--name', NAME], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: process.env,
  });
  for await (const chunk of child.stderr) if (String(chunk).includes(step)) break;
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return namespacesOf(FOLDER);
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
    const namespaces = await crashDuring(step, delayMs);
    assert.notEqual(Lab.status(NAME).state, 'up');
    assert.notDeepEqual(tracesOf(FOLDER, namespaces), [], 'it was killed after it had begun');
    assert.equal(await Lab.remove(NAME), true);
    assert.deepEqual(tracesOf(FOLDER, namespaces), []);
  });
}

test('up removes what a killed up of the same name left, and succeeds', async () => {
  const namespaces = await crashDuring('start domain controllers', 50);
  assert.notEqual(namespaces.size, 0);
  const lab = await Lab.up({ name: NAME });
  assert.equal((await lab.exec('vm1', ['getent', 'hosts', 'managed-dc1.aadds.contoso.test'])).exitCode, 0);
  const traces = tracesOf('/nowhere', namespaces);
  assert.deepEqual(traces, [], 'the namespaces of the killed one are gone');
});

test('a lab whose processes were all killed is incomplete, and down removes it', async () => {
  const namespaces = namespacesOf(FOLDER);
  const { hosts } = Lab.status(NAME);
  assert.ok(hosts.every((host) => host.running));
  const lab = Lab.attach(NAME);
  const init = Number(lab.readFile('cloud', '/../init.pid'));
  process.kill(init, 'SIGKILL');
  while (Lab.status(NAME).hosts.some((host) => host.name === 'cloud' && host.running)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(Lab.status(NAME).state, 'incomplete');
  assert.throws(() => Lab.attach(NAME), { code: 'ERR_LAB_NOT_UP' });
  await Lab.remove(NAME);
  assert.deepEqual(tracesOf(FOLDER, namespaces), []);
});
