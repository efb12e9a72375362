import { agentIdSchema, sourceIdSchema, tenantIdSchema } from '@causeway/contract';
import { eventLogConfigSchema } from '@causeway/event-log';
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
  /** KDCs of the account's realm, `host` or `host:port`; its domain controllers unless named. */
  kdcs: z.array(z.string().min(1)).nonempty().optional(),
  /** True for domains whose accounts or domain controllers have no AES keys. */
  allowRc4: z.boolean().default(false),
});

/** A distinguished name: at least one `attribute=value`. */
const distinguishedName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]*=.+/, 'expected a distinguished name, such as OU=Staff,DC=corp,DC=contoso,DC=com');

const domainSchema = z.strictObject({
  /** DNS name of the domain: the name of this stream of passwords at the directory. */
  name: z.string().toLowerCase().pipe(sourceIdSchema),
  /** Full host names of its DCs, as their certificates and service principal names have them; the preferred first. */
  domainControllers: z.array(z.string().min(1)).nonempty(),
});

const filterSchema = z.strictObject({
  organizationalUnits: z
    .strictObject({
      /** Only what is at or below one of these; everything unless named. */
      include: z.array(distinguishedName).nonempty().optional(),
      /** Not what is at or below one of these. */
      exclude: z.array(distinguishedName).default([]),
    })
    .prefault({}),
  /** Only direct members of this group; meant for a pilot. */
  group: distinguishedName.optional(),
  /** An object for which one of these holds is left out. */
  attributes: z
    .array(z.strictObject({ attribute: z.string().min(1), operator: z.string().min(1), value: z.string().optional() }))
    .default([]),
});

const connectorSchema = z.strictObject({
  /** DNS name of the forest: its root domain. */
  name: z.string().toLowerCase().pipe(sourceIdSchema),
  /** The domains that are read. */
  domains: z.array(domainSchema).nonempty(),
  ldap: ldapSchema.prefault({}),
  kerberos: kerberosSchema.prefault({}),
  account: accountSchema,
  filter: filterSchema.prefault({}),
});

const objectSyncSchema = z.strictObject({
  /** How often each DC is asked whether anything has changed. */
  pollIntervalMs: intervalMs(500, 50),
  /** File with synchronization rules of one's own. */
  rules: path.optional(),
  /** How a person with accounts in several forests is recognized. */
  match: z.enum(['once', 'mail', 'objectSid', 'accountName']).default('once'),
});

/** The safety net of the noticing of changes. */
const LONGEST_POLL_MS = 1_000;

const passwordHashSyncSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** How often each DC is asked whether anything has changed. */
  pollIntervalMs: z.number().int().min(50).max(LONGEST_POLL_MS).default(200),
  /**
   * Whether each DC is also asked to tell of changes by itself: `auto` asks Active Directory, and not Samba, which tells 1 to 6 s late
   * and goes through all of its objects for it.
   */
  changeNotification: z.enum(['auto', 'on', 'off']).default('auto'),
  /** How often changes are read even when the DC says that there are none. */
  safetyIntervalMs: intervalMs(30_000, 1000),
  /** False leaves the NT hash out of every credential. */
  syncNtlm: z.boolean().default(true),
});

const scopeSchema = z.strictObject({
  /** True when a domain without a single user in scope is what it should be, and not a sign of missing rights. */
  allowNoUsers: z.boolean().default(false),
});

const listenSchema = z.strictObject({ host: z.string().min(1), port: z.int().min(0).max(65_535) });

/** The configuration of `causeway connect`, one YAML file. */
export const connectConfigSchema = z.strictObject({
  tenant: tenantSchema,
  directory: directorySchema,
  /** One for each forest. */
  connectors: z
    .array(connectorSchema)
    .nonempty()
    .refine((connectors) => areDistinct(connectors.map(({ name }) => name)), 'two connectors have the same name')
    .refine(
      (connectors) => areDistinct(connectors.flatMap(({ domains }) => domains.map(({ name }) => name))),
      'two domains have the same name',
    ),
  objectSync: objectSyncSchema.prefault({}),
  passwordHashSync: passwordHashSyncSchema.prefault({}),
  /** True for an agent that reads and compares and sends nothing, until `causeway sync staging off`. */
  staging: z.boolean().default(false),
  scope: scopeSchema.prefault({}),
  events: eventLogConfigSchema.prefault({}),
  /** Where Prometheus and load balancers may look; nowhere unless named. */
  metrics: z.strictObject({ listen: listenSchema }).optional(),
  /** Folder for what connect remembers between runs; made with mode 0700 when it is not there. */
  stateDir: path,
});

/** {@link connectConfigSchema} with its defaults filled in. */
export type ConnectConfig = z.output<typeof connectConfigSchema>;
/** One forest. */
export type ConnectorConfig = ConnectConfig['connectors'][number];
/** One domain of a forest. */
export type DomainConfig = ConnectorConfig['domains'][number];

/** The name of the tenant's connector, in the form that administrators know. */
export function tenantConnectorName({ tenant }: Pick<ConnectConfig, 'tenant'>): string {
  return `${tenant.id} - AAD`;
}

/** Whether an account is the one that connect reads with: the one user that an account without rights still finds. */
export function isServiceAccount(accountName: string, { account }: ConnectorConfig): boolean {
  return accountName.toLowerCase() === account.name.toLowerCase();
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
