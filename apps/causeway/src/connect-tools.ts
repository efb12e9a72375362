import { existsSync } from 'node:fs';
import path from 'node:path';
import { connectConfigSchema, networkProbes, type ConnectConfig, type DiagnosisOptions } from '@causeway/connect/setup';
import { controlSocketOf, createControlClient } from '@causeway/control';
import { EventLog } from '@causeway/event-log';
import { systemClock } from '@causeway/model';
import { loadConfig } from './config.ts';
import { agentOf } from './connect-agent.ts';
import { ensureAgentKey, openDirectoryClient } from './directory-client.ts';
import { machineSecrets, quietLogger } from './machine-secrets.ts';

/** Everything that looks at connect from outside, by its configuration: the agent, its events, the directory, the DCs. */
export type ConnectTools = DiagnosisOptions & AsyncDisposable;

/** Opens nothing that fails where the agent does not run. @throws {CausewayError} ERR_CONFIG_*, ERR_CONNECT_SECRET_KEY, ERR_CONNECT_AGENT_KEY_FILE */
export async function openConnectTools(configFile: string): Promise<ConnectTools> {
  const config: ConnectConfig = loadConfig(configFile, connectConfigSchema);
  const agentConfig = agentOf(config, quietLogger);
  const agentPublicKey = await ensureAgentKey(agentConfig);
  const directory = await openDirectoryClient(agentConfig);
  const agent = createControlClient({ socket: controlSocketOf(config.stateDir) });
  const eventFile = path.join(config.stateDir, 'events.sqlite');
  const events = existsSync(eventFile) ? EventLog.openForReading(eventFile) : undefined;
  return {
    config,
    secrets: machineSecrets(config.stateDir, quietLogger),
    directory,
    agentPublicKey,
    agent,
    events,
    probes: networkProbes,
    clock: systemClock,
    logger: quietLogger,
    [Symbol.asyncDispose]: async () => {
      events?.close();
      await Promise.all([agent.close(), directory.close()]);
    },
  };
}
