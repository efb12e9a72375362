import { Command } from '@commander-js/extra-typings';
import { agentConfigOption, withAgent } from '../agent-client.ts';
import { jsonOption } from '../options.ts';
import { formatDeletions } from './format-preview.ts';
import { countOf } from '../text.ts';

/** `causeway sync deletions`: what the deletion threshold holds back. */
export function deletionsCommand() {
  return new Command('deletions')
    .description('show the deletions that the deletion threshold holds back')
    .addOption(agentConfigOption())
    .option('--allow', 'let them through once, with the next export')
    .addOption(jsonOption())
    .action(async ({ config, allow, json }) => {
      if (allow === true) {
        const answer = await withAgent(config, (agent) => agent.allowDeletions({}));
        if (json === true) console.log(JSON.stringify(answer));
        else console.log(`${countOf(answer.allowed, 'deletion')} let through with the next export`);
        return;
      }
      const held = await withAgent(config, (agent) => agent.listPendingDeletions({}));
      console.log(json === true ? JSON.stringify(held) : formatDeletions(held));
    });
}
