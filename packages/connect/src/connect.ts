import type { DirectoryClient } from '@causeway/contract';
import type { Clock, Logger } from '@causeway/model';
import { passwordFileVersion, readAccountPassword } from './dc/account-password.ts';
import type { ConnectConfig } from './config.ts';
import { createObjectSync } from './objects/object-sync.ts';
import { createPasswordHashSync } from './passwords/password-hash-sync.ts';
import type { ConnectProgress } from './agent/process-options.ts';
import { ProcessReport, type ProcessStatus } from './agent/process-report.ts';
import { sleep } from './agent/sleep.ts';
import { prepareStateFolder, StatusFile } from './agent/status-file.ts';
import { runProcess, runProcessOnce, type RunOptions, type SyncProcess } from './agent/sync-process.ts';

/** What connect is doing, one entry a process. */
export interface ConnectStatus {
  readonly objectSync: ProcessStatus;
  readonly passwordHashSync: ProcessStatus;
}

export interface ConnectOptions {
  readonly config: ConnectConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly directory: DirectoryClient;
  readonly onProgress?: (progress: ConnectProgress) => void;
}

/** The on-premises service: two processes that read a domain controller and deliver to the directory. */
export interface Connect {
  /**
   * Runs both processes until the signal is raised, then resolves. Faults of the world are logged once and tried again.
   *
   * @throws {CausewayError} at the start, when the configuration cannot work: ERR_CONNECT_PASSWORD_FILE,
   *   ERR_CONNECT_STATE_DIR, ERR_SEAL_KEY.
   */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Runs one cycle of object sync, then one of password hash sync, and resolves when the directory has acknowledged both.
   *
   * @throws {CausewayError} the first thing that went wrong; the other process has run all the same.
   */
  runOnce(signal: AbortSignal): Promise<void>;
  readonly status: ConnectStatus;
}

/** Names of the status files in the state folder. */
const files = { objectSync: 'object-sync', passwordHashSync: 'password-hash-sync' } as const;

/** Connect as configured; nothing is read or opened before it runs. */
export function createConnect(options: ConnectOptions): Connect {
  const { config, logger, clock } = options;
  const onProgress = options.onProgress ?? (() => undefined);
  const reportFor = (process: string, name: string): ProcessReport =>
    new ProcessReport({ process, clock, file: new StatusFile({ folder: config.stateDir, name, logger }) });
  const objectReport = reportFor('object sync', files.objectSync);
  const passwordReport = reportFor('password hash sync', files.passwordHashSync);
  const ports = { config, logger, clock, directory: options.directory, onProgress };

  async function processes(): Promise<{ process: SyncProcess; report: ProcessReport }[]> {
    prepareStateFolder(config.stateDir);
    await readAccountPassword(config.connector.account.passwordFile);
    const list = [{ process: createObjectSync({ ...ports, report: objectReport }), report: objectReport }];
    if (config.passwordHashSync.enabled) {
      const process = await createPasswordHashSync({ ...ports, report: passwordReport });
      list.push({ process, report: passwordReport });
    }
    return list;
  }

  return {
    async run(signal) {
      await Promise.all(
        (await processes()).map(async ({ process, report }) => {
          const waitToRetry = await retryWait(config.connector.account);
          await runProcess(process, { report, logger, clock, waitToRetry }, signal);
        }),
      );
    },
    async runOnce(signal) {
      const failures: unknown[] = [];
      for (const { process, report } of await processes()) {
        await runProcessOnce(process, report, signal).catch((error: unknown) => failures.push(error));
        signal.throwIfAborted();
      }
      if (failures.length > 0) throw failures[0];
    },
    get status() {
      return { objectSync: objectReport.status, passwordHashSync: passwordReport.status };
    },
  };
}

/**
 * Waits for the back-off; after a refused account much longer, so that no lockout policy locks it, but no longer than
 * until its password file is another than the one that was refused.
 */
async function retryWait(account: ConnectConfig['connector']['account']): Promise<RunOptions['waitToRetry']> {
  // Noted before each attempt: a file that is written while the attempt is made counts as written after it.
  let tried = await passwordFileVersion(account.passwordFile);
  return async (failure, delayMs, signal) => {
    if (failure.code !== 'ERR_CONNECT_ACCOUNT_REFUSED') {
      await sleep(delayMs, signal);
      tried = await passwordFileVersion(account.passwordFile);
      return;
    }
    let present = await passwordFileVersion(account.passwordFile);
    for (let waitedMs = 0; waitedMs < account.refusedRetryMs && present === tried; waitedMs += 1000) {
      await sleep(Math.min(1000, account.refusedRetryMs - waitedMs), signal);
      present = await passwordFileVersion(account.passwordFile);
    }
    tried = present;
  };
}
