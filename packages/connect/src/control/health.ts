import type { ProcessStatus } from '@causeway/control';

/** How long a process may fail before the agent counts as unhealthy: milliseconds. */
const failureToleratedMs = 5 * 60_000;

export interface Health {
  readonly ready: boolean;
  readonly processes: readonly Pick<ProcessStatus, 'process' | 'state' | 'since'>[];
}

/**
 * Whether the agent does its work: every process that is to run has come to the end of a cycle, and none has failed for
 * longer than five minutes.
 */
export function assessHealth(processes: readonly ProcessStatus[], now: number): Health {
  return {
    ready: processes.length > 0 && processes.every((process) => isHealthy(process, now)),
    processes: processes.map(({ process, state, since }) => ({ process, state, since })),
  };
}

function isHealthy({ state, failure, lastSuccessAt }: ProcessStatus, now: number): boolean {
  if (state === 'off' || state === 'paused') return true;
  if (state === 'stopped' || lastSuccessAt === null) return false;
  return failure === null || now - Date.parse(failure.at) <= failureToleratedMs;
}
