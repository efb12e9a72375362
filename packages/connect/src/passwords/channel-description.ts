import type { PartitionPasswordSyncState } from '@causeway/control';
import type { ProcessState } from '../agent/process-report.ts';
import type { ChannelState } from './channel-state.ts';
import { domainDn } from './domain-names.ts';
import { secondsLeft } from './full-run.ts';
import type { Gate } from './gate.ts';

/** What an administrator is told of a channel. */
export function describeChannel(
  state: ChannelState,
  about: {
    connector: string;
    connectorId: string;
    domain: string;
    gate: Gate;
    process: ProcessState;
    now: number;
  },
): PartitionPasswordSyncState {
  const { lastCycle, lastSuccess, full } = state;
  return {
    connectorId: about.connectorId,
    connector: about.connector,
    dn: domainDn(about.domain).replaceAll('dc=', 'DC='),
    lastSuccessfulCycleStartAt: textOf(lastSuccess?.startedAt),
    lastSuccessfulCycleEndAt: textOf(lastSuccess?.endedAt),
    lastCycleStartAt: textOf(lastCycle?.startedAt),
    lastCycleEndAt: textOf(lastCycle?.endedAt),
    lastCycleStatus: statusOf(about, state),
    full:
      full === null || full.finishedAt !== null
        ? null
        : {
            startedAt: new Date(full.startedAt ?? full.requestedAt).toISOString(),
            done: full.done,
            total: full.total,
            secondsLeft: secondsLeft(full, about.now) ?? null,
          },
  };
}

function statusOf({ gate, process }: { gate: Gate; process: ProcessState }, { lastCycle }: ChannelState): string {
  if (gate === 'off') return 'Disabled';
  if (gate !== 'run') return 'Paused';
  return process === 'reading' ? 'InProgress' : (lastCycle?.status ?? 'None');
}

function textOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
