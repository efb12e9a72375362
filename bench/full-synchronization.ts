import { Deployment, INITIAL_SNAPSHOT, type Lab } from '@causeway/lab';
import { cloneDomain } from './clone.ts';
import type { Progress } from './progress.ts';
import { median } from './statistics.ts';
import { StatusWatch } from './status-watch.ts';
import { isComplete, timeoutFor } from './synchronization.ts';
import type { Row } from './table.ts';

const ROUNDS = 3;
const WITH_OBJECTS = 'objects';

/**
 * All passwords from `corp-dc1` to `managed-dc1` through the three services, while the users' objects are there already
 * and no password is; beside it, Samba's own replication of the same domain into a new local database.
 *
 * Measured from connect's start, its process's start included, until the status names every password as applied.
 */
export async function measureFullSynchronization(lab: Lab, progress: Progress): Promise<Row[]> {
  const users = lab.users.length;
  const deployment = await synchronizeObjectsOnly(lab, progress);
  const seconds: Record<'causeway' | 'clone', number[]> = { causeway: [], clone: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    await lab.reset(WITH_OBJECTS);
    for (const one of round % 2 === 0 ? (['causeway', 'clone'] as const) : (['clone', 'causeway'] as const)) {
      const took =
        one === 'clone' ? (await cloneDomain(lab)).seconds : await synchronizePasswords(deployment, progress);
      seconds[one].push(took);
      progress.step(`${one === 'clone' ? 'clone-dc-database' : 'full synchronization'}: ${took.toFixed(1)} s`);
    }
  }
  const [causeway, clone] = [median(seconds.causeway), median(seconds.clone)];
  return [
    {
      measure: `full synchronization of ${users} users' passwords`,
      causeway: `${causeway.toFixed(1)} s`,
      yardstick: `samba-tool drs clone-dc-database: ${clone.toFixed(1)} s`,
      ratio: causeway / clone,
      target: { text: 'ratio below 1', reached: causeway < clone },
    },
  ];
}

/** Brings every user's object, and no password, into the managed domain, and keeps that state. */
async function synchronizeObjectsOnly(lab: Lab, progress: Progress): Promise<Deployment> {
  const users = lab.users.length;
  await lab.reset(INITIAL_SNAPSHOT);
  const deployment = await Deployment.install(lab);
  deployment.configure('connect', { passwordHashSync: { enabled: false } });
  progress.step(`bring the objects of ${users} users, without passwords, into the managed domain`);
  deployment.startAll();
  const watch = StatusWatch.start(deployment);
  try {
    await watch.until(
      'every user is in the managed domain, without a password',
      ({ outcomes, waitingForDomain }) => waitingForDomain === 0 && outcomes.waitingForCredential >= users,
      {
        timeoutMs: timeoutFor(users),
        onStatus: ({ outcomes }) => progress.update('users', outcomes.waitingForCredential, users),
      },
    );
  } finally {
    await watch.stop();
  }
  await deployment.stopAll();
  await lab.snapshot(WITH_OBJECTS);
  deployment.configure('connect', { passwordHashSync: { enabled: true } });
  return deployment;
}

async function synchronizePasswords(deployment: Deployment, progress: Progress): Promise<number> {
  const users = deployment.lab.users.length;
  // A reset takes the configuration back too.
  deployment.configure('connect');
  deployment.start('directory');
  deployment.start('domain');
  const watch = StatusWatch.start(deployment);
  try {
    await watch.until(
      'the domain service follows the change feed',
      ({ waitingForDomain, feedHead, agents }) =>
        waitingForDomain === 0 &&
        agents.some(({ role, feedPosition }) => role === 'domain' && feedPosition === feedHead),
      { timeoutMs: 60_000 },
    );
    const started = performance.now();
    deployment.start('connect');
    await watch.until('every password is in the managed domain', (status) => isComplete(status, users), {
      timeoutMs: timeoutFor(users),
      onStatus: ({ outcomes }) => progress.update('passwords', outcomes.applied, users),
    });
    return (performance.now() - started) / 1000;
  } finally {
    await watch.stop();
    await deployment.stopAll();
  }
}
