import path from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { agentConfigOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { showActivity } from './activity.ts';
import { formatPreview } from './format-preview.ts';
import { parseCount } from './numbers.ts';

/** `causeway sync preview`: what a cycle would do, without doing it. */
export function previewCommand() {
  const standard = agentConfigOption().defaultValue as string;
  return new Command('preview')
    .description('show what a cycle would add, change and delete, without doing it')
    .option(
      '-c, --config <file>',
      `preview this configuration as it is now; it names the agent's stateDir (default: ${standard}, as the agent runs it)`,
    )
    .option('--initial', 'as a cycle that imports and synchronizes everything')
    .addOption(new Option('--entries <count>', 'objects to show').argParser(parseCount).default(1_000))
    .addOption(jsonOption())
    .action(async ({ config, initial, entries, json }) => {
      const preview = await withAgent(config ?? standard, (agent) =>
        showActivity(
          agent,
          agent.preview({
            policyType: initial === true ? 'Initial' : 'Delta',
            entries,
            ...(config !== undefined && { config: path.resolve(config) }),
          }),
        ),
      );
      console.log(json === true ? JSON.stringify(preview) : formatPreview(preview));
    });
}
