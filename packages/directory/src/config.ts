import { agentIdSchema, parseAgentPublicKey, roles, tenantIdSchema } from '@causeway/contract';
import { z } from 'zod';

const agentSchema = z.strictObject({
  id: agentIdSchema,
  role: z.enum(roles),
  publicKey: z
    .string()
    .refine(
      (text) => parseAgentPublicKey(text) !== undefined,
      'expected the public key of an agent: ed25519: and base64 of 32 bytes, on one line',
    ),
});

const tenantSchema = z.strictObject({
  id: tenantIdSchema,
  agents: z
    .array(agentSchema)
    .min(1, 'expected at least one agent')
    .refine((agents) => isUnique(agents.map(({ id }) => id)), 'expected agents with different ids'),
});

/** The directory's configuration file. */
export const directoryConfigSchema = z.strictObject({
  listen: z.strictObject({ host: z.string().min(1), port: z.int().min(0).max(65_535) }),
  /** Paths of PEM files; the certificate's is followed by those of intermediate authorities. */
  tls: z.strictObject({ certificate: z.string().min(1), key: z.string().min(1) }),
  /** Path of the SQLite database; made when it is not there. */
  database: z.string().min(1),
  tenants: z
    .array(tenantSchema)
    .min(1, 'expected at least one tenant')
    .refine((tenants) => isUnique(tenants.map(({ id }) => id)), 'expected tenants with different ids'),
});

export type DirectoryConfig = z.output<typeof directoryConfigSchema>;
export type TenantConfig = DirectoryConfig['tenants'][number];

function isUnique(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
