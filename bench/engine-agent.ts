import { setTimeout as sleep } from 'node:timers/promises';
import { controlSocketOf, createControlClient, type ControlClient, type Run } from '@causeway/control';
import type { Deployment } from '@causeway/lab';
import type { Progress } from './progress.ts';

/** How often the agent is asked how far it is. */
const POLL_MS = 250;

/** The runs of one cycle, in their order, each at its end. */
export interface Cycle {
  readonly runs: readonly Run[];
  /** From the start of its first run to the end of its last. */
  readonly seconds: number;
}

/** A running connect, asked over its socket: nothing is started for it that takes time from what is measured. */
export function connectTo(deployment: Deployment): ControlClient {
  const { stateDir } = deployment.configs.connect as { stateDir: string };
  return createControlClient({ socket: controlSocketOf(deployment.lab.folder('connect', stateDir)) });
}

/**
 * Waits for the end of the first cycle, which has confirmed what it exported, and until connect is idle.
 *
 * Rejects when a run has ended otherwise than with success, a service has ended, or it takes too long.
 */
export async function waitForFirstCycle(
  agent: ControlClient,
  { deployment, progress, timeoutMs }: { deployment: Deployment; progress: Progress; timeoutMs: number },
): Promise<Cycle> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const runs = await ended(agent);
    const exported = runs.findIndex(({ runProfile }) => runProfile === 'Export');
    const confirmed = runs.findIndex(
      ({ runProfile }, index) => exported >= 0 && index > exported && runProfile === 'Delta Import',
    );
    if (confirmed >= 0) return cycleOf(runs.slice(0, confirmed + 1));
    if (performance.now() > end) throw new Error(`no first cycle within ${timeoutMs / 1000} s`);
    if (!deployment.isRunning('connect')) throw new Error(`connect has ended; see ${deployment.logFile('connect')}`);
    const activity = (await agent.readActivity({}).catch(() => undefined))?.activity;
    if (activity?.total)
      progress.update(`${activity.connector}: ${activity.runProfile}`, activity.done, activity.total);
    await sleep(POLL_MS);
  }
}

/** Lets no cycle begin by itself any more, and waits for the end of one that has begun. */
export async function suspendScheduler(agent: ControlClient): Promise<void> {
  await agent.writeScheduler({ syncCycleEnabled: false });
  await waitUntilIdle(agent);
}

/** Runs a delta cycle, as `causeway sync run` does. */
export async function runDeltaCycle(agent: ControlClient): Promise<Cycle> {
  const before = (await agent.listRuns({ count: 1 })).runs[0]?.id ?? 0;
  await agent.startSyncCycle({ policyType: 'Delta' });
  await waitUntilIdle(agent);
  return cycleOf((await ended(agent)).filter(({ id }) => id > before));
}

async function waitUntilIdle(agent: ControlClient): Promise<void> {
  while ((await agent.readScheduler({})).syncCycleInProgress) await sleep(POLL_MS);
}

/** The run history up to now, the oldest first; empty while the agent does not answer yet. */
async function ended(agent: ControlClient): Promise<Run[]> {
  const runs = (await agent.listRuns({}).catch(() => undefined))?.runs ?? [];
  return runs.filter(({ endedAt }) => endedAt !== null).toReversed();
}

function cycleOf(runs: readonly Run[]): Cycle {
  const failed = runs.find(({ result }) => result !== 'success');
  if (failed !== undefined) {
    const { connector, runProfile, result, errors } = failed;
    throw new Error(`${runProfile} of ${connector} ended with ${result}: ${JSON.stringify(errors[0] ?? null)}`);
  }
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) throw new Error('the cycle had no run');
  return { runs, seconds: (timeOf(last.endedAt) - timeOf(first.startedAt)) / 1000 };
}

/** Milliseconds since 1970 of a time in the run history. */
export function timeOf(text: string | null): number {
  return Date.parse(text ?? '');
}
