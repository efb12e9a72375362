import type { Clock, Logger } from '@causeway/model';
import type { ConnectConfig, ConnectorConfig } from '../config.ts';
import type { RefusedAccount } from '../dc/refused-account.ts';
import type { SecretFiles } from '../secrets/secret-files.ts';

/** What reading a forest's objects takes. */
export interface ObjectPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: Pick<SecretFiles, 'read'>;
  readonly scope: ConnectConfig['scope'];
  /** Keeps a connector's account from being tried again too soon after it was refused. */
  readonly accountOf: (connector: ConnectorConfig) => RefusedAccount;
}
