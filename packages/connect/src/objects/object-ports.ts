import type { Clock, Logger } from '@causeway/model';
import type { ConnectConfig } from '../config.ts';
import type { SecretFiles } from '../secrets/secret-files.ts';

/** What reading a forest's objects takes. */
export interface ObjectPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly secrets: Pick<SecretFiles, 'read'>;
  readonly scope: ConnectConfig['scope'];
}
