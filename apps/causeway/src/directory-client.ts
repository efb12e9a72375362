import { existsSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SecretFiles } from '@causeway/connect/setup';
import {
  AgentSigner,
  DirectoryClient,
  formatAgentPublicKey,
  generateAgentKey,
  parseAgentKey,
  readAgentKeyFile,
  writeAgentKeyFile,
} from '@causeway/contract';
import { CausewayError } from '@causeway/model';
import { z } from 'zod';

/** What the configuration of an agent, connect or domain, says of the directory and of itself. */
export interface AgentConfig {
  readonly tenant: string;
  readonly directory: {
    readonly url: string;
    readonly ca?: string | undefined;
    readonly agent: string;
    readonly key: string;
  };
  /** Opens what the key is sealed with on this machine; without it the key is in clear, as a domain's is. */
  readonly secrets?: (() => Promise<SecretFiles>) | undefined;
}

/** The part of an agent's configuration file that {@link AgentConfig} is made of; whatever else it says is ignored. */
export const agentConfigSchema = z
  .looseObject({
    tenant: z.union([z.string(), z.looseObject({ id: z.string() })]),
    directory: z.looseObject({ url: z.string(), ca: z.string().optional(), agent: z.string(), key: z.string() }),
    /** Only connect has connectors, and only its key is sealed. */
    connectors: z.unknown(),
    stateDir: z.string().optional(),
  })
  .transform(({ tenant, directory, connectors, stateDir }): AgentConfig => ({
    tenant: typeof tenant === 'string' ? tenant : tenant.id,
    directory,
    secrets: connectors === undefined || stateDir === undefined ? undefined : () => quietSecrets(stateDir),
  }));

/** Loaded only by who needs it: a domain's host has no connect. */
async function quietSecrets(stateDir: string): Promise<SecretFiles> {
  const { machineSecrets, quietLogger } = await import('./machine-secrets.ts');
  return machineSecrets(stateDir, quietLogger);
}

/** The directory as this agent calls it. The caller closes it. */
export async function openDirectoryClient(agent: AgentConfig): Promise<DirectoryClient> {
  const { tenant, directory } = agent;
  const privateKey = await readAgentKey(agent);
  return new DirectoryClient({
    url: directory.url,
    signer: new AgentSigner({ agentId: directory.agent, tenant, privateKey }),
    certificateAuthority: directory.ca === undefined ? undefined : await readCertificateAuthority(directory.ca),
  });
}

async function readCertificateAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CausewayError({
      code: 'ERR_CONFIG_CERTIFICATE_AUTHORITY',
      message: `the certificate authority's file ${file} cannot be read`,
      nextStep:
        'correct directory.ca in the configuration: a PEM file with the authority that issued the certificate of the directory',
      disposition: 'halt',
      cause,
    });
  }
}

async function readAgentKey({ directory, secrets }: AgentConfig): Promise<KeyObject> {
  if (secrets === undefined) return readAgentKeyFile(directory.key);
  const pem = await (await secrets()).read(directory.key, 'agent-key');
  try {
    return parseAgentKey(Buffer.from(pem.buffer, pem.byteOffset, pem.length).toString(), directory.key);
  } finally {
    pem.fill(0);
  }
}

/** The public key of this agent, one line; its key file is made when there is none yet. */
export async function ensureAgentKey(agent: AgentConfig): Promise<string> {
  const { directory, secrets } = agent;
  if (existsSync(directory.key)) return formatAgentPublicKey(await readAgentKey(agent));
  if (secrets === undefined) {
    await mkdir(path.dirname(directory.key), { recursive: true, mode: 0o700 });
    return writeAgentKeyFile(directory.key);
  }
  const { privateKey, publicKey } = generateAgentKey();
  const pem = Buffer.from(privateKey);
  try {
    await (await secrets()).write(directory.key, 'agent-key', pem);
  } finally {
    pem.fill(0);
  }
  return publicKey;
}
