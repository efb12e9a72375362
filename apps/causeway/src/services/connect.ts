import { connectConfigSchema, createConnect } from '@causeway/connect';
import { systemClock } from '@causeway/model';
import { loadConfig } from '../config.ts';
import { forbidCoreFiles } from '../core-files.ts';
import { agentOf } from '../connect-agent.ts';
import { ensureAgentKey, openDirectoryClient } from '../directory-client.ts';
import { interruptSignal } from '../interrupt.ts';
import { createLogger } from '../log.ts';
import { quietLogger } from '../machine-secrets.ts';
import { progressBar } from '../progress.ts';

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
