import type { StatusResponse } from '@causeway/contract';
import { Deployment, INITIAL_SNAPSHOT, type Lab } from '@causeway/lab';
import type { Progress } from './progress.ts';
import { StatusWatch } from './status-watch.ts';

/** How long a synchronization of so many users may take, in milliseconds: ten times what a quiet machine needs. */
export function timeoutFor(users: number): number {
  return 120_000 + users * 50;
}

/** Whether every user is in the managed domain with the password. */
export function isComplete({ outcomes, waitingForDomain }: StatusResponse, users: number): boolean {
  return waitingForDomain === 0 && outcomes.applied >= users;
}

/** A lab whose users have all been synchronized, with everything running. */
export interface SynchronizedLab {
  readonly deployment: Deployment;
  /** From the start of the services to the last password in the managed domain. */
  readonly seconds: number;
}

/** Takes a lab back to its beginning, sets the services up, starts them and waits until all users are synchronized. */
export async function synchronizeFromNothing(lab: Lab, progress: Progress): Promise<SynchronizedLab> {
  const users = lab.users.length;
  await lab.reset(INITIAL_SNAPSHOT);
  const deployment = await Deployment.install(lab);
  progress.step(`first synchronization of ${users} users, objects and passwords`);
  const started = performance.now();
  deployment.startAll();
  const watch = StatusWatch.start(deployment);
  try {
    await watch.until('every user is in the managed domain with the password', (status) => isComplete(status, users), {
      timeoutMs: timeoutFor(users),
      onStatus: ({ outcomes }) => progress.update('users with their password', outcomes.applied, users),
    });
    const seconds = (performance.now() - started) / 1000;
    progress.step(`all ${users} users in ${seconds.toFixed(1)} s`);
    return { deployment, seconds };
  } finally {
    await watch.stop();
  }
}
