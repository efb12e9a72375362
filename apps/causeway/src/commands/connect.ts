import { Command } from '@commander-js/extra-typings';
import { connectConfigSchema, createConnect, type ConnectConfig } from '@causeway/connect';
import { systemClock } from '@causeway/model';
import { loadConfig } from '../config.ts';
import { forbidCoreFiles } from '../core-files.ts';
import { ensureAgentKey, openDirectoryClient, type AgentConfig } from '../directory-client.ts';
import { interruptSignal } from '../interrupt.ts';
import { createLogger } from '../log.ts';
import { progressBar } from '../progress.ts';
import { configOption, jsonOption, logLevelOption } from './options.ts';

const defaultConfig = '/etc/causeway/connect.yaml';

function agentOf(config: ConnectConfig): AgentConfig {
  return { tenant: config.tenant.id, directory: config.directory };
}

/** `causeway connect …`: the on-premises service. */
export function connectCommand() {
  return new Command('connect')
    .description('on-premises: read users and credentials, seal them, deliver them to the directory')
    .addCommand(runCommand())
    .addCommand(keyCommand());
}

function runCommand() {
  return new Command('run')
    .description('synchronize until stopped')
    .addOption(configOption(defaultConfig))
    .addOption(logLevelOption())
    .option('--once', 'synchronize once, then end; exit code 1 if anything failed')
    .option('--json', 'errors as JSON')
    .action(async (options) => {
      const config = loadConfig(options.config, connectConfigSchema);
      const logger = createLogger('connect', options.logLevel);
      forbidCoreFiles(logger);
      const directory = await openDirectoryClient(agentOf(config));
      try {
        const connect = createConnect({
          config,
          directory,
          logger,
          clock: systemClock,
          onProgress: progressBar(),
        });
        const signal = interruptSignal();
        await (options.once === true ? connect.runOnce(signal) : connect.run(signal));
      } finally {
        await directory.close();
      }
    });
}

function keyCommand() {
  return new Command('key')
    .description("print this agent's public key for the directory's configuration; makes the key when there is none")
    .addOption(configOption(defaultConfig))
    .addOption(jsonOption())
    .action(async (options) => {
      const agent = agentOf(loadConfig(options.config, connectConfigSchema));
      const publicKey = await ensureAgentKey(agent);
      console.log(options.json === true ? JSON.stringify({ agent: agent.directory.agent, publicKey }) : publicKey);
    });
}
