import { Command } from '@commander-js/extra-typings';
import { configOption, jsonErrorsOption, jsonOption, logLevelOption } from './options.ts';

const configFile = '/etc/causeway/domain.yaml';

/** `causeway domain …`: the service beside the managed domain's DC. */
export function domainCommand() {
  const run = new Command('run')
    .description('follow the change feed until stopped')
    .addOption(configOption(configFile))
    .addOption(logLevelOption())
    .addOption(jsonErrorsOption())
    .option('--replace-key', "put this host's key in place of the one that the directory knows")
    .action(async ({ config, logLevel, replaceKey = false }) => {
      const { runDomain } = await import('../services/domain.ts');
      await runDomain({ config, logLevel, replaceKey });
    });
  const key = new Command('key')
    .description("print the tenant's public key for connect, and this agent's for the directory; makes missing keys")
    .addOption(configOption(configFile))
    .addOption(jsonOption())
    .action(async ({ config, json }) => {
      const { domainKeys } = await import('../services/domain.ts');
      const keys = await domainKeys(config);
      if (json === true) console.log(JSON.stringify(keys));
      else {
        console.log(`tenant key id:     ${keys.keyId}`);
        console.log(`tenant public key: ${keys.tenantPublicKey}   (tenant.publicKey of connect)`);
        console.log(`agent public key:  ${keys.agentPublicKey}   (agent ${keys.agent} of the directory)`);
      }
    });
  return new Command('domain')
    .description("on the managed domain's DC: follow the change feed, open credentials, write users")
    .addCommand(run)
    .addCommand(key);
}
