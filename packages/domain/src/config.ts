import { z } from 'zod';

const path = z.string().min(1, 'a path is missing');

const directorySchema = z.strictObject({
  url: z.url({ protocol: /^https$/, error: 'not an https:// URL' }),
  /** PEM file of the authority that issued the directory's certificate; without it the system's authorities are trusted. */
  ca: path.optional(),
  /** Agent id under which the directory knows this domain service. */
  agent: z.string().min(1),
  /** File with this agent's Ed25519 private key, mode 0600. */
  key: path,
});

const sambaSchema = z.strictObject({
  /** Samba's private folder on this host: where sam.ldb and the privileged LDAP socket are. */
  privateDir: path.default('/var/lib/samba/private'),
  /** Samba's program for many writes in one transaction, of the package ldb-tools. */
  ldbmodify: path.default('ldbmodify'),
});

/** The configuration of `causeway domain`, one YAML file. */
export const domainConfigSchema = z.strictObject({
  /** Id of the tenant at the directory. */
  tenant: z.string().min(1),
  directory: directorySchema,
  samba: sambaSchema.prefault({}),
  /** Where users are created, below the managed domain; made when it is not there. */
  container: z
    .string()
    .regex(/^OU=[^,]+(,OU=[^,]+)*$/i, 'not an organizational unit, for example OU=AADDC Users')
    .default('OU=AADDC Users'),
  /** Folder for the tenant's private key and the place in the change feed; made with mode 0700 when it is not there. */
  stateDir: path.default('/var/lib/causeway'),
});

/** {@link domainConfigSchema} with its defaults filled in. */
export type DomainConfig = z.output<typeof domainConfigSchema>;
