import { createDomain, domainConfigSchema, ensureTenantKey, type DomainConfig } from '@causeway/domain';
import { systemClock } from '@causeway/model';
import { loadConfig } from '../config.ts';
import { forbidCoreFiles } from '../core-files.ts';
import { ensureAgentKey, openDirectoryClient, type AgentConfig } from '../directory-client.ts';
import { interruptSignal } from '../interrupt.ts';
import { createLogger } from '../log.ts';
import { progressBar } from '../progress.ts';

/** The public keys of a managed domain's host. */
export interface DomainKeys {
  readonly keyId: string;
  /** Base64 of 32 bytes: connect's `tenant.publicKey`. */
  readonly tenantPublicKey: string;
  readonly agent: string;
  /** For the directory's list of agents. */
  readonly agentPublicKey: string;
}

function agentOf(config: DomainConfig): AgentConfig {
  return { tenant: config.tenant, directory: config.directory };
}

/** Follows the change feed until stopped. */
export async function runDomain(options: { config: string; logLevel: string; replaceKey: boolean }): Promise<void> {
  const config = loadConfig(options.config, domainConfigSchema);
  const logger = createLogger('domain', options.logLevel);
  forbidCoreFiles(logger);
  const directory = await openDirectoryClient(agentOf(config));
  try {
    const { replaceKey } = options;
    const onProgress = progressBar();
    await createDomain({ config, directory, logger, clock: systemClock, replaceKey, onProgress }).run(
      interruptSignal(),
    );
  } finally {
    await directory.close();
  }
}

/** The public keys of this host; missing keys are made. */
export async function domainKeys(configFile: string): Promise<DomainKeys> {
  const config = loadConfig(configFile, domainConfigSchema);
  const { keyId, publicKey } = await ensureTenantKey(config);
  const agentPublicKey = await ensureAgentKey(agentOf(config));
  return { keyId, tenantPublicKey: publicKey, agent: config.directory.agent, agentPublicKey };
}
