import { once } from 'node:events';
import { Command } from '@commander-js/extra-typings';
import { createDirectory, directoryConfigSchema } from '@causeway/directory';
import { systemClock } from '@causeway/model';
import { loadConfig } from '../config.ts';
import { forbidCoreFiles } from '../core-files.ts';
import { interruptSignal } from '../interrupt.ts';
import { createLogger } from '../log.ts';
import { configOption, logLevelOption } from './options.ts';

/** `causeway directory …`: the tenant's service. */
export function directoryCommand() {
  return new Command('directory')
    .description('the tenant: accept users and sealed credentials, keep them, serve the change feed')
    .addCommand(
      new Command('run')
        .description('serve until stopped')
        .addOption(configOption('/etc/causeway/directory.yaml'))
        .addOption(logLevelOption())
        .option('--json', 'errors as JSON')
        .action(async (options) => {
          const config = loadConfig(options.config, directoryConfigSchema);
          const logger = createLogger('directory', options.logLevel);
          forbidCoreFiles(logger);
          const directory = createDirectory({ config, logger, clock: systemClock });
          const signal = interruptSignal();
          await directory.start();
          if (!signal.aborted) await once(signal, 'abort');
          await directory.stop();
        }),
    );
}
