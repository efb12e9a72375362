import type { ControlClient } from '@causeway/control';
import { Option } from '@commander-js/extra-typings';
import { configOption } from './options.ts';

export function agentConfigOption() {
  return configOption('/etc/causeway/connect.yaml');
}

export function connectorOption() {
  return new Option('--connector <name>', 'name of a connector; its case counts');
}

/**
 * State folder of the agent that runs with this configuration; whatever else the file says is ignored.
 *
 * @throws {CausewayError} ERR_CONFIG_UNREADABLE, ERR_CONFIG_INVALID
 */
export async function loadStateDir(configFile: string): Promise<string> {
  const [{ loadConfig }, { z }] = await Promise.all([import('../config.ts'), import('zod')]);
  return loadConfig(configFile, z.looseObject({ stateDir: z.string().min(1) })).stateDir;
}

/**
 * Asks the agent that runs with this configuration, and lets go of it.
 *
 * @throws {CausewayError} ERR_CONFIG_UNREADABLE, ERR_CONFIG_INVALID, ERR_CONTROL_UNREACHABLE, and whatever the agent answers.
 */
export async function withAgent<Answer>(
  configFile: string,
  ask: (agent: ControlClient) => Promise<Answer>,
): Promise<Answer> {
  const { controlSocketOf, createControlClient } = await import('@causeway/control');
  const agent = createControlClient({ socket: controlSocketOf(await loadStateDir(configFile)) });
  try {
    return await ask(agent);
  } finally {
    await agent.close();
  }
}
