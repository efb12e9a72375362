import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  AgentSigner,
  DirectoryClient,
  formatAgentPublicKey,
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
}

/** The part of an agent's configuration file that {@link AgentConfig} is made of; whatever else it says is ignored. */
export const agentConfigSchema = z
  .looseObject({
    tenant: z.union([z.string(), z.looseObject({ id: z.string() })]),
    directory: z.looseObject({ url: z.string(), ca: z.string().optional(), agent: z.string(), key: z.string() }),
  })
  .transform(({ tenant, directory }): AgentConfig => ({
    tenant: typeof tenant === 'string' ? tenant : tenant.id,
    directory,
  }));

/** The directory as this agent calls it. The caller closes it. */
export async function openDirectoryClient({ tenant, directory }: AgentConfig): Promise<DirectoryClient> {
  const privateKey = await readAgentKeyFile(directory.key);
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

/** The public key of this agent, one line; its key file is made when there is none yet. */
export async function ensureAgentKey({ directory }: AgentConfig): Promise<string> {
  if (existsSync(directory.key)) return formatAgentPublicKey(await readAgentKeyFile(directory.key));
  await mkdir(path.dirname(directory.key), { recursive: true, mode: 0o700 });
  return writeAgentKeyFile(directory.key);
}
