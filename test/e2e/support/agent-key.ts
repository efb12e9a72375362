import type { KeyObject } from 'node:crypto';
import { createSecretFiles } from '@causeway/connect/setup';
import { parseAgentKey } from '@causeway/contract';

const nothing = (): void => undefined;

/** The private key of connect's agent, sealed to the machine that this runs on. */
export async function readSealedAgentKey(file: string, stateDir: string): Promise<KeyObject> {
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const pem = await createSecretFiles({ stateDir, logger }).read(file, 'agent-key');
  return parseAgentKey(Buffer.from(pem).toString(), file);
}
