import { spawnSync } from 'node:child_process';
import type { Logger } from '@causeway/model';

/**
 * Forbids the kernel to write a core file of this process: one of connect or domain, made in mid-work, would hold
 * credentials. Node cannot set its own limits; `prlimit` of util-linux can.
 *
 * @see setrlimit(2), RLIMIT_CORE
 */
export function forbidCoreFiles(logger: Logger): void {
  const { status } = spawnSync('prlimit', ['--pid', String(process.pid), '--core=0:0']);
  if (status === 0) return;
  logger.warn(
    { code: 'ERR_CORE_FILES' },
    'core files could not be forbidden: install util-linux, or start the service with LimitCORE=0',
  );
}
