import { createSecretFiles, type SecretFiles } from '@causeway/connect/setup';
import type { Logger } from '@causeway/model';

/** Secrets sealed to this machine: with the key that systemd gives this process, or with that of the state folder. */
export function machineSecrets(stateDir: string, logger: Logger): SecretFiles {
  return createSecretFiles({ stateDir, credentialsDirectory: process.env['CREDENTIALS_DIRECTORY'], logger });
}

const nothing = (): void => undefined;

/** For commands whose output is their answer: what a service would log is not said. */
export const quietLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
