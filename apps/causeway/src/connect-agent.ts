import type { ConnectConfig } from '@causeway/connect/setup';
import type { Logger } from '@causeway/model';
import type { AgentConfig } from './directory-client.ts';
import { machineSecrets } from './machine-secrets.ts';

/** The agent of connect's configuration, whose key is sealed to this machine. */
export function agentOf(config: ConnectConfig, logger: Logger): AgentConfig {
  const secrets = async () => machineSecrets(config.stateDir, logger);
  return { tenant: config.tenant.id, directory: config.directory, secrets };
}
