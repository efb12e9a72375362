import { Command, Option } from '@commander-js/extra-typings';
import { agentConfigOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { formatScheduler } from './format-status.ts';
import { parseSeconds, parseSwitch } from './numbers.ts';

/** `causeway sync scheduler`: when cycles run. */
export function schedulerCommand() {
  return new Command('scheduler')
    .description('show when cycles run, or change it')
    .addOption(agentConfigOption())
    .addOption(new Option('--cycle <on|off>', 'whether cycles run by themselves').argParser(parseSwitch))
    .addOption(
      new Option(
        '--interval <time>',
        'time between cycles, such as 45m or 2h; below the shortest it is ignored',
      ).argParser(parseSeconds),
    )
    .addOption(jsonOption())
    .action(async ({ config, cycle, interval, json }) => {
      const change = {
        ...(cycle !== undefined && { syncCycleEnabled: cycle }),
        ...(interval !== undefined && { customizedSyncCycleInterval: interval }),
      };
      const scheduler = await withAgent(config, (agent) =>
        Object.keys(change).length === 0 ? agent.readScheduler({}) : agent.writeScheduler(change),
      );
      console.log(json === true ? JSON.stringify(scheduler) : formatScheduler(scheduler));
    });
}
