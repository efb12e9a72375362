import { connectConfigSchema, createConnect, type Connect } from '@causeway/connect';
import { CausewayError, systemClock, type Logger } from '@causeway/model';
import { loadConfig } from '../config.ts';
import { forbidCoreFiles } from '../core-files.ts';
import { agentOf } from '../connect-agent.ts';
import { ensureAgentKey, openDirectoryClient } from '../directory-client.ts';
import { interruptSignal } from '../interrupt.ts';
import { createLogger } from '../log.ts';
import { machineSecrets, quietLogger } from '../machine-secrets.ts';
import { progressBar } from '../progress.ts';
import { version } from '../version.ts';

/** Synchronizes until stopped, or once. */
export async function runConnect(options: { config: string; logLevel: string; once: boolean }): Promise<void> {
  const config = loadConfig(options.config, connectConfigSchema);
  const logger = createLogger('connect', options.logLevel);
  forbidCoreFiles(logger);
  const directory = await openDirectoryClient(agentOf(config, logger));
  try {
    const connect = createConnect({
      config,
      directory,
      logger,
      clock: systemClock,
      secrets: machineSecrets(config.stateDir, logger),
      version,
      readConfig: (file = options.config) => loadConfig(file, connectConfigSchema),
      onProgress: progressBar(),
    });
    const signal = interruptSignal();
    if (options.once) await connect.runOnce(signal);
    else await runReloadable(connect, logger, signal);
  } finally {
    await directory.close();
  }
}

/** Runs until the signal is raised; SIGHUP reads the configuration again, and one that is not valid changes nothing. */
async function runReloadable(connect: Connect, logger: Logger, signal: AbortSignal): Promise<void> {
  const reload = (): void => {
    connect.reload().catch((error: unknown) => {
      if (!(error instanceof CausewayError)) throw error;
      const { code, message, nextStep } = error;
      logger.error({ code, nextStep }, `the configuration is left as it was: ${message}`);
    });
  };
  process.on('SIGHUP', reload);
  try {
    await connect.run(signal);
  } finally {
    process.off('SIGHUP', reload);
  }
}

/** This agent's id and public key; the key is made when there is none. */
export async function connectKey(configFile: string): Promise<{ agent: string; publicKey: string }> {
  const agent = agentOf(loadConfig(configFile, connectConfigSchema), quietLogger);
  return { agent: agent.directory.agent, publicKey: await ensureAgentKey(agent) };
}
