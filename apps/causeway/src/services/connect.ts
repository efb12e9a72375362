import { connectConfigSchema, createConnect, type ConnectConfig } from '@causeway/connect';
import { systemClock, type Logger } from '@causeway/model';
import { loadConfig } from '../config.ts';
import { forbidCoreFiles } from '../core-files.ts';
import { ensureAgentKey, openDirectoryClient, type AgentConfig } from '../directory-client.ts';
import { interruptSignal } from '../interrupt.ts';
import { createLogger } from '../log.ts';
import { machineSecrets, quietLogger } from '../machine-secrets.ts';
import { progressBar } from '../progress.ts';

/** The agent of a configuration, whose key is sealed to this machine. */
export function agentOf(config: ConnectConfig, logger: Logger): AgentConfig {
  return { tenant: config.tenant.id, directory: config.directory, secrets: machineSecrets(config.stateDir, logger) };
}

/** Synchronizes until stopped, or once. */
export async function runConnect(options: { config: string; logLevel: string; once: boolean }): Promise<void> {
  const config = loadConfig(options.config, connectConfigSchema);
  const logger = createLogger('connect', options.logLevel);
  forbidCoreFiles(logger);
  const directory = await openDirectoryClient(agentOf(config, logger));
  try {
    const connect = createConnect({ config, directory, logger, clock: systemClock, onProgress: progressBar() });
    const signal = interruptSignal();
    await (options.once ? connect.runOnce(signal) : connect.run(signal));
  } finally {
    await directory.close();
  }
}

/** This agent's id and public key; the key is made when there is none. */
export async function connectKey(configFile: string): Promise<{ agent: string; publicKey: string }> {
  const agent = agentOf(loadConfig(configFile, connectConfigSchema), quietLogger);
  return { agent: agent.directory.agent, publicKey: await ensureAgentKey(agent) };
}
