import type { CheckResult } from '@causeway/connect/setup';
import { Command } from '@commander-js/extra-typings';
import { exitCodes } from '../failure.ts';
import { configOption, jsonOption } from './options.ts';

/** `causeway diagnose passwordsync`: why passwords do, or do not, arrive. */
export function diagnoseCommand() {
  const passwordSync = new Command('passwordsync')
    .description(
      'why passwords do, or do not, arrive; works also while the agent does not run; exit code 1 if anything failed',
    )
    .option(
      '--user <user>',
      'the chain of this user as well: account name, user principal name, distinguished name or source anchor',
    )
    .option('--connector <name>', 'only this connector; case counts')
    .addOption(configOption('/etc/causeway/connect.yaml'))
    .addOption(jsonOption())
    .action(async ({ user, connector, config, json = false }) => {
      const { openConnectTools } = await import('../connect-tools.ts');
      const { diagnosePasswordSync, hasFailed } = await import('@causeway/connect/setup');
      const { interruptSignal } = await import('../interrupt.ts');
      const { formatCounts, formatResult } = await import('./connect/check-list.ts');
      const { formatChain } = await import('./connect/format-chain.ts');
      await using tools = await openConnectTools(config);
      const onResult = json ? () => undefined : (result: CheckResult) => console.log(formatResult(result));
      const signal = interruptSignal();
      const { results, chain } = await diagnosePasswordSync(tools, { user, connector }, { signal, onResult });
      if (json) console.log(JSON.stringify({ checks: results, chain }));
      else {
        console.log(`\n${formatCounts(results)}\n${conclusionOf(results)}`);
        if (chain !== null) console.log(`\n${formatChain(chain)}`);
      }
      if (hasFailed(results) || chain?.usable === false) process.exitCode = exitCodes.failed;
    });
  return new Command('diagnose').description('find out what is wrong, with a cure').addCommand(passwordSync);
}

/** The first failure in one line: what comes after it may be its consequence. */
function conclusionOf(results: readonly CheckResult[]): string {
  const first = results.find(({ outcome }) => outcome.kind === 'failed');
  if (first?.outcome.kind !== 'failed') return 'nothing is wrong with password hash sync';
  return `mend first: ${first.outcome.message.split('\n')[0] ?? ''}`;
}
