import { setTimeout as pause } from 'node:timers/promises';
import type { ControlClient } from '@causeway/control';
import { progressBar, type Progress } from '../../progress.ts';

/** How often a running agent is asked how far it is: milliseconds. */
const pollMs = 500;

/** Shows how far the agent is, on a terminal, until the work is over; gives what the work gives. */
export async function showActivity<Answer>(agent: ControlClient, work: Promise<Answer>): Promise<Answer> {
  if (!process.stderr.isTTY) return work;
  const over = new AbortController();
  const watching = watch(agent, over.signal);
  try {
    return await work;
  } finally {
    over.abort();
    await watching;
  }
}

/** The bar is a comfort: what goes wrong with it is not told, for the work itself tells it. */
async function watch(agent: ControlClient, over: AbortSignal): Promise<void> {
  const show = progressBar();
  let last: Progress = { stage: '', done: 0, total: 0 };
  try {
    for (;;) {
      await pause(pollMs, undefined, { signal: over });
      const { activity } = await agent.readStatus({}, { signal: over });
      if (activity === null) continue;
      const { connector, runProfile, done, total } = activity;
      last = { stage: `${connector}: ${runProfile}`, done, total: total ?? undefined };
      show(last);
    }
  } catch {
    show({ ...last, done: last.total ?? last.done });
  }
}

/** Resolves when no cycle is under way any more. */
export async function waitForCycle(agent: ControlClient): Promise<void> {
  while ((await agent.readScheduler({})).syncCycleInProgress) await pause(pollMs);
}
