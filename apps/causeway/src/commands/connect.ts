import { Command } from '@commander-js/extra-typings';
import { initCommand } from './connect/init-command.ts';
import { secretCommand } from './connect/secret.ts';
import { configOption, jsonErrorsOption, jsonOption, logLevelOption } from './options.ts';

const configFile = '/etc/causeway/connect.yaml';

/** `causeway connect …`: the on-premises service. */
export function connectCommand() {
  const run = new Command('run')
    .description('synchronize until stopped')
    .addOption(configOption(configFile))
    .addOption(logLevelOption())
    .addOption(jsonErrorsOption())
    .option('--once', 'synchronize once, then end; exit code 1 if anything failed')
    .action(async ({ config, logLevel, once = false }) => {
      const { runConnect } = await import('../services/connect.ts');
      await runConnect({ config, logLevel, once });
    });
  const key = new Command('key')
    .description("print this agent's public key for the directory's configuration; makes the key when there is none")
    .addOption(configOption(configFile))
    .addOption(jsonOption())
    .action(async ({ config, json }) => {
      const { connectKey } = await import('../services/connect.ts');
      const answer = await connectKey(config);
      console.log(json === true ? JSON.stringify(answer) : answer.publicKey);
    });
  return new Command('connect')
    .description('on-premises: read users and credentials, seal them, deliver them to the directory')
    .addCommand(initCommand(configFile))
    .addCommand(run)
    .addCommand(key)
    .addCommand(secretCommand(configFile));
}
