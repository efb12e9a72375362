import { Command } from '@commander-js/extra-typings';
import { createDomain, domainConfigSchema, ensureTenantKey, type DomainConfig } from '@causeway/domain';
import { systemClock } from '@causeway/model';
import { loadConfig } from '../config.ts';
import { forbidCoreFiles } from '../core-files.ts';
import { ensureAgentKey, openDirectoryClient, type AgentConfig } from '../directory-client.ts';
import { interruptSignal } from '../interrupt.ts';
import { createLogger } from '../log.ts';
import { progressBar } from '../progress.ts';
import { configOption, jsonOption, logLevelOption } from './options.ts';

const defaultConfig = '/etc/causeway/domain.yaml';

function agentOf(config: DomainConfig): AgentConfig {
  return { tenant: config.tenant, directory: config.directory };
}

/** `causeway domain …`: the service beside the managed domain's DC. */
export function domainCommand() {
  return new Command('domain')
    .description("on the managed domain's DC: follow the change feed, open credentials, write users")
    .addCommand(runCommand())
    .addCommand(keyCommand());
}

function runCommand() {
  return new Command('run')
    .description('follow the change feed until stopped')
    .addOption(configOption(defaultConfig))
    .addOption(logLevelOption())
    .option('--replace-key', "put this host's key in place of the one that the directory knows")
    .option('--json', 'errors as JSON')
    .action(async (options) => {
      const config = loadConfig(options.config, domainConfigSchema);
      const logger = createLogger('domain', options.logLevel);
      forbidCoreFiles(logger);
      const directory = await openDirectoryClient(agentOf(config));
      try {
        const domain = createDomain({
          config,
          directory,
          logger,
          clock: systemClock,
          replaceKey: options.replaceKey === true,
          onProgress: progressBar(),
        });
        await domain.run(interruptSignal());
      } finally {
        await directory.close();
      }
    });
}

function keyCommand() {
  return new Command('key')
    .description("print the tenant's public key for connect, and this agent's for the directory; makes missing keys")
    .addOption(configOption(defaultConfig))
    .addOption(jsonOption())
    .action(async (options) => {
      const config = loadConfig(options.config, domainConfigSchema);
      const tenantKey = await ensureTenantKey(config);
      const keys = {
        keyId: tenantKey.keyId,
        tenantPublicKey: tenantKey.publicKey,
        agent: config.directory.agent,
        agentPublicKey: await ensureAgentKey(agentOf(config)),
      };
      if (options.json === true) console.log(JSON.stringify(keys));
      else {
        console.log(`tenant key id:     ${keys.keyId}`);
        console.log(`tenant public key: ${keys.tenantPublicKey}   (tenant.publicKey of connect)`);
        console.log(`agent public key:  ${keys.agentPublicKey}   (agent ${keys.agent} of the directory)`);
      }
    });
}
