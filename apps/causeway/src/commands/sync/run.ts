import { Command, Option } from '@commander-js/extra-typings';
import type { ControlClient, Run } from '@causeway/control';
import { exitCodes } from '../../failure.ts';
import { agentConfigOption, connectorOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { showActivity, waitForCycle } from './activity.ts';
import { formatRun, formatRuns, succeeded } from './format-run.ts';

/** `causeway sync run`: a cycle, or one run profile of one connector, to its end. */
export function runCommand() {
  return new Command('run')
    .description('run a cycle now, or one run profile of one connector, and wait for its end')
    .addOption(agentConfigOption())
    .addOption(connectorOption())
    .option('--profile <profile>', 'run profile of the connector, such as "Full Import"')
    .addOption(new Option('--initial', 'import and synchronize everything').conflicts(['connector', 'profile']))
    .addOption(jsonOption())
    .action(async ({ config, connector, profile, initial, json }, command) => {
      const { runProfiles } = await import('@causeway/control');
      const runProfile = runProfiles.find((name) => name === profile);
      if (runProfile === undefined && profile !== undefined) {
        return command.error(`error: --profile is one of ${runProfiles.join(', ')}`, { exitCode: exitCodes.wrongUse });
      }
      if ((connector === undefined) !== (runProfile === undefined)) {
        return command.error('error: --connector and --profile go together', { exitCode: exitCodes.wrongUse });
      }
      const runs = await withAgent(config, async (agent) =>
        connector === undefined || runProfile === undefined
          ? runCycle(agent, initial === true)
          : [await showActivity(agent, agent.runProfile({ connector, runProfile }))],
      );
      if (json === true) console.log(JSON.stringify({ runs }));
      else console.log(profile === undefined ? formatRuns(runs) : runs.map(formatRun).join('\n'));
      if (!runs.every(succeeded)) process.exitCode = exitCodes.failed;
    });
}

/** The runs of one cycle, in their order. */
async function runCycle(agent: ControlClient, initial: boolean): Promise<Run[]> {
  const [newest] = (await agent.listRuns({ count: 1 })).runs;
  await agent.startSyncCycle({ policyType: initial ? 'Initial' : 'Delta' });
  await showActivity(agent, waitForCycle(agent));
  const { runs } = await agent.listRuns({});
  return runs.filter(({ id }) => newest === undefined || id > newest.id).reverse();
}

/** `causeway sync stop`: ends what runs, in order. */
export function stopCommand() {
  return new Command('stop')
    .description('end the cycle under way after the step that runs; the rest comes with the next one')
    .addOption(agentConfigOption())
    .addOption(jsonOption())
    .action(async ({ config, json }) => {
      const answer = await withAgent(config, (agent) => agent.stopSyncCycle({}));
      if (json === true) console.log(JSON.stringify(answer));
      else console.log(answer.stopped ? 'the cycle ends after the step that runs' : 'no cycle is under way');
    });
}
