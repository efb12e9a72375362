import { once } from 'node:events';
import { createDirectory, directoryConfigSchema } from '@causeway/directory';
import { systemClock } from '@causeway/model';
import { loadConfig } from '../config.ts';
import { forbidCoreFiles } from '../core-files.ts';
import { interruptSignal } from '../interrupt.ts';
import { createLogger } from '../log.ts';

/** Serves until stopped. */
export async function runDirectory(options: { config: string; logLevel: string }): Promise<void> {
  const config = loadConfig(options.config, directoryConfigSchema);
  const logger = createLogger('directory', options.logLevel);
  forbidCoreFiles(logger);
  const directory = createDirectory({ config, logger, clock: systemClock });
  const signal = interruptSignal();
  await directory.start();
  if (!signal.aborted) await once(signal, 'abort');
  await directory.stop();
}
