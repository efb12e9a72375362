import { Command } from '@commander-js/extra-typings';
import { exitCodes } from '../failure.ts';
import { configOption, jsonOption } from './options.ts';

/** `causeway explain USER`: why a user's password is or is not usable in the managed domain. */
export function explainCommand() {
  return new Command('explain')
    .description(
      "why one user's password is or is not usable in the managed domain, stage by stage; exit code 1 if not",
    )
    .argument('<user>', 'account name, user principal name, distinguished name or source anchor')
    .addOption(configOption('/etc/causeway/connect.yaml'))
    .addOption(jsonOption())
    .action(async (user, { config, json }) => {
      const { openConnectTools } = await import('../connect-tools.ts');
      const { explainUser } = await import('@causeway/connect/setup');
      const { interruptSignal } = await import('../interrupt.ts');
      const { formatChain } = await import('./connect/format-chain.ts');
      await using tools = await openConnectTools(config);
      const chain = await explainUser(user, tools, interruptSignal());
      console.log(json === true ? JSON.stringify(chain) : formatChain(chain));
      if (!chain.usable) process.exitCode = exitCodes.failed;
    });
}
