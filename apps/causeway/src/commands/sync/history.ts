import { Command, Option } from '@commander-js/extra-typings';
import { agentConfigOption, connectorOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { formatRun, formatRuns } from './format-run.ts';
import { parseCount } from './numbers.ts';

/** `causeway sync history`: the runs, newest first. */
export function historyCommand() {
  return new Command('history')
    .description('show what has run, newest first')
    .addOption(agentConfigOption())
    .addOption(connectorOption())
    .addOption(new Option('--id <id>', 'one run, with its errors').argParser(parseCount))
    .addOption(new Option('--count <count>', 'runs to show').argParser(parseCount).default(20))
    .addOption(jsonOption())
    .action(async ({ config, connector, id, count, json }) => {
      const { runs } = await withAgent(config, (agent) =>
        agent.listRuns({ count, ...(connector !== undefined && { connector }), ...(id !== undefined && { id }) }),
      );
      if (json === true) console.log(JSON.stringify({ runs }));
      else console.log(id === undefined || runs.length === 0 ? formatRuns(runs) : runs.map(formatRun).join('\n'));
    });
}
