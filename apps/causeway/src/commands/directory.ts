import { Command } from '@commander-js/extra-typings';
import { configOption, jsonErrorsOption, logLevelOption } from './options.ts';

/** `causeway directory …`: the tenant's service. */
export function directoryCommand() {
  const run = new Command('run')
    .description('serve until stopped')
    .addOption(configOption('/etc/causeway/directory.yaml'))
    .addOption(logLevelOption())
    .addOption(jsonErrorsOption())
    .action(async ({ config, logLevel }) => {
      const { runDirectory } = await import('../services/directory.ts');
      await runDirectory({ config, logLevel });
    });
  return new Command('directory')
    .description('the tenant: accept users, groups and sealed credentials, keep them, serve the change feed')
    .addCommand(run);
}
