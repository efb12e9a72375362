import { agentIdSchema, sourceIdSchema, tenantIdSchema } from '@causeway/contract';
import { z } from 'zod';

/** Bytes of an X25519 public key. */
const PUBLIC_KEY_LENGTH = 32;

const path = z.string().min(1, 'a path is missing');
function intervalMs(standard: number, least: number): z.ZodDefault<z.ZodNumber> {
  return z.number().int().min(least, `at least ${least} milliseconds`).default(standard);
}

const tenantSchema = z.strictObject({
  /** Id of the tenant at the directory. */
  id: tenantIdSchema,
  /**
   * The tenant's X25519 public key, base64 of 32 bytes, as `causeway domain key` printed it on the managed DC's host.
   * It is pinned here so that nobody on the way can put another in its place.
   */
  publicKey: z
    .base64()
    .refine(
      (text) => Buffer.from(text, 'base64').length === PUBLIC_KEY_LENGTH,
      'not 32 bytes in base64: an X25519 public key',
    ),
});

const directorySchema = z.strictObject({
  url: z.url({ protocol: /^https$/, error: 'not an https:// URL' }),
  /** PEM file of the authority that issued the directory's certificate; without it the system's authorities are trusted. */
  ca: path.optional(),
  /** Agent id under which the directory knows this connect. */
  agent: agentIdSchema,
  /** File with this agent's Ed25519 private key, mode 0600. */
  key: path,
});

const ldapSchema = z.strictObject({
  /**
   * How the connection is protected; there is no unprotected one. `sasl` takes the keys of the sign-in in place of TLS to
   * sign and seal everything, for a DC without a certificate; `ca` is then not used.
   */
  tls: z.enum(['starttls', 'ldaps', 'sasl']).default('starttls'),
  /** PEM file of the authority that issued the DC's certificate; without it the system's authorities are trusted. */
  ca: path.optional(),
  /** 636 for LDAPS and 389 otherwise, unless named. */
  port: z.number().int().min(1).max(65_535).optional(),
});

const accountSchema = z.strictObject({
  /** `sAMAccountName` of the service account that holds the two replication rights. */
  name: z.string().min(1).max(256),
  /** NetBIOS or DNS name of the account's domain; the forest's name unless named. */
  domain: z.string().min(1).optional(),
  /** Kerberos only, Kerberos and NTLM where Kerberos cannot be used, or NTLM only. */
  signIn: z.enum(['kerberos', 'kerberos-or-ntlm', 'ntlm']).default('kerberos'),
  /** File with the account's password on its first line, mode 0600. */
  passwordFile: path,
  /** How long a refused account waits before it is tried again with the same password, so that no lockout policy locks it. */
  refusedRetryMs: intervalMs(300_000, 1000),
});

const kerberosSchema = z.strictObject({
  /** Realm of the service account; the forest's name in upper case unless named. */
  realm: z.string().min(1).optional(),
  /** KDCs of the realm, `host` or `host:port`; the domain controllers that are read unless named. */
  kdcs: z.array(z.string().min(1)).nonempty().optional(),
  /** True for domains whose accounts or domain controllers have no AES keys. */
  allowRc4: z.boolean().default(false),
});

const host = z.string().min(1);

const connectorSchema = z.strictObject({
  /** DNS name of the forest: the name of this source at the directory. */
  name: z.string().toLowerCase().pipe(sourceIdSchema),
  /** Full host name of the DC that is read, as its certificate and its service principal names have it; of several, the preferred first. */
  domainController: z.union([host.transform((one): [string, ...string[]] => [one]), z.array(host).nonempty()]),
  /** Distinguished name of the domain that is read; the DC's own domain unless named. */
  baseDn: z.string().min(1).optional(),
  ldap: ldapSchema.prefault({}),
  kerberos: kerberosSchema.prefault({}),
  account: accountSchema,
});

const objectSyncSchema = z.strictObject({
  /** How often the DC is asked whether anything has changed. */
  pollIntervalMs: intervalMs(500, 50),
  /** How often changes are read even when the DC says that there are none. */
  safetyIntervalMs: intervalMs(60_000, 1000),
});

const passwordHashSyncSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** How often the DC is asked whether anything has changed. */
  pollIntervalMs: intervalMs(200, 50),
  /** How often changes are read even when the DC says that there are none. */
  safetyIntervalMs: intervalMs(30_000, 1000),
  /** False leaves the NT hash out of every credential. */
  syncNtlm: z.boolean().default(true),
});

const scopeSchema = z.strictObject({
  /** True when a forest without a single user in scope is what it should be, and not a sign of missing rights. */
  allowNoUsers: z.boolean().default(false),
});

/** The configuration of `causeway connect`, one YAML file. */
export const connectConfigSchema = z.strictObject({
  tenant: tenantSchema,
  directory: directorySchema,
  connector: connectorSchema,
  objectSync: objectSyncSchema.prefault({}),
  passwordHashSync: passwordHashSyncSchema.prefault({}),
  scope: scopeSchema.prefault({}),
  /** Folder for what connect remembers between runs; made with mode 0700 when it is not there. */
  stateDir: path,
});

/** {@link connectConfigSchema} with its defaults filled in. */
export type ConnectConfig = z.output<typeof connectConfigSchema>;

/** Whether an account is the one that connect reads with: the one user that an account without rights still finds. */
export function isServiceAccount(accountName: string, { account }: ConnectConfig['connector']): boolean {
  return accountName.toLowerCase() === account.name.toLowerCase();
}
