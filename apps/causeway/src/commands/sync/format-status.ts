import type { AgentStatus, PartitionPasswordSyncState, ProcessStatus, ResponseOf, Scheduler } from '@causeway/control';
import { countOf, formatRows, formatSeconds, printable } from '../text.ts';

/** The agent, its cycle, its processes, and password hash sync of every domain. */
export interface SyncStatus {
  readonly agent: AgentStatus;
  readonly scheduler: Scheduler;
  readonly passwordSync: readonly PartitionPasswordSyncState[];
  readonly held: ResponseOf<'listPendingDeletions'>;
}

export function formatStatus({ agent, scheduler, passwordSync, held }: SyncStatus): string {
  return formatRows([
    ['agent', `${agent.version}, process ${agent.pid}, since ${agent.startedAt}`],
    ['staging', agent.stagingMode ? 'on: nothing is sent' : 'off'],
    ['cycle', formatCycle(scheduler)],
    ...(agent.activity === null ? [] : [['running', formatActivity(agent.activity)] as const]),
    ...(held.deletions.length === 0 ? [] : [['held back', formatHeld(held)] as const]),
    ...agent.processes.flatMap(processRows),
    ...passwordSync.map((state) => [printable(state.dn), formatPasswordSync(state)] as const),
  ]);
}

export function formatScheduler(scheduler: Scheduler): string {
  const customized = scheduler.customizedSyncCycleInterval;
  return formatRows([
    ['cycle', formatCycle(scheduler)],
    ['shortest interval', formatSeconds(scheduler.allowedSyncCycleInterval)],
    ['own interval', customized === null ? 'none' : formatSeconds(customized)],
    ['run history kept', formatSeconds(scheduler.purgeRunHistoryInterval)],
    ['maintenance', scheduler.maintenanceEnabled ? 'on' : 'off'],
    ['staging', scheduler.stagingModeEnabled ? 'on' : 'off'],
  ]);
}

function formatCycle(scheduler: Scheduler): string {
  const every = `every ${formatSeconds(scheduler.currentlyEffectiveSyncCycleInterval)}`;
  if (scheduler.syncCycleInProgress) return `${every}, under way`;
  if (!scheduler.syncCycleEnabled) return 'switched off: causeway sync scheduler --cycle on';
  if (scheduler.schedulerSuspended) return 'suspended';
  const next = scheduler.nextSyncCycleStartTimeInUTC;
  return `${every}, next ${scheduler.nextSyncCyclePolicyType} ${next === null ? 'at once' : `at ${next}`}`;
}

function formatActivity({ connector, runProfile, done, total }: NonNullable<AgentStatus['activity']>): string {
  return `${connector}: ${runProfile}, ${done}${total === null ? '' : ` of ${total}`}`;
}

function formatHeld({ deletions, allowed }: SyncStatus['held']): string {
  const count = countOf(deletions.length, 'deletion');
  return allowed ? `${count}, let through with the next export` : `${count}: see causeway sync deletions`;
}

function processRows({ process, state, since, lastSuccessAt, failure }: ProcessStatus): (readonly [string, string])[] {
  return [
    [process, `${state} since ${since}, last success ${lastSuccessAt ?? 'never'}`],
    ...(failure === null
      ? []
      : ([
          ['', `${failure.code}: ${printable(failure.message)}`],
          ['', `next step: ${printable(failure.nextStep)}`],
        ] as const)),
  ];
}

function formatPasswordSync({ lastCycleStatus, lastSuccessfulCycleEndAt, full }: PartitionPasswordSyncState): string {
  const last = `passwords ${lastCycleStatus}, last success ${lastSuccessfulCycleEndAt ?? 'never'}`;
  if (full === null) return last;
  const left = full.secondsLeft === null ? '' : `, ${formatSeconds(full.secondsLeft)} left`;
  return `${last}; full synchronization: ${full.done}${full.total === null ? '' : ` of ${full.total}`}${left}`;
}
