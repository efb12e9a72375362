import { Command } from '@commander-js/extra-typings';
import type { ControlClient } from '@causeway/control';
import { agentConfigOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { formatStatus, type SyncStatus } from './format-status.ts';

/** `causeway sync status`: what the running agent is at. */
export function syncStatusCommand() {
  return new Command('status')
    .description('show what the running agent is at, and what is wrong')
    .addOption(agentConfigOption())
    .addOption(jsonOption())
    .action(async ({ config, json }) => {
      const status = await withAgent(config, readSyncStatus);
      console.log(json === true ? JSON.stringify(status) : formatStatus(status));
    });
}

async function readSyncStatus(agent: ControlClient): Promise<SyncStatus> {
  const [status, scheduler, { states }, held] = await Promise.all([
    agent.readStatus({}),
    agent.readScheduler({}),
    agent.listPasswordSyncStates({}),
    agent.listPendingDeletions({}),
  ]);
  return { agent: status, scheduler, passwordSync: states, held };
}
