import { Command } from '@commander-js/extra-typings';
import { agentConfigOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { parseSwitch } from './numbers.ts';

/** `causeway sync staging on|off`. */
export function stagingCommand() {
  return new Command('staging')
    .description('on: import and synchronize, and send nothing, no passwords either; off: take over')
    .argument('<on|off>', 'whether this agent only stands by', parseSwitch)
    .addOption(agentConfigOption())
    .addOption(jsonOption())
    .action(async (enabled, { config, json }) => {
      const answer = await withAgent(config, (agent) => agent.writeStagingMode({ enabled }));
      if (json === true) console.log(JSON.stringify(answer));
      else console.log(answer.enabled ? 'staging is on: nothing is sent' : 'staging is off: this agent sends');
    });
}
