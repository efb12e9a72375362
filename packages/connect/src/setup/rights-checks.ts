import { bytesOf, EqualityFilter, securityDescriptorFlagsControl, type LdapEntry } from '@ad-protocols/ldap';
import {
  decodeSecurityDescriptor,
  decodeSid,
  grantedControlAccessRights,
  replicationRights,
  type Guid,
  type SecurityDescriptor,
  type Sid,
} from '@ad-protocols/wire';
import { CausewayError } from '@causeway/model';
import type { ConnectorConfig, DomainConfig } from '../config.ts';
import type { DcSession } from '../dc/dc-session.ts';
import { failed, ok, skipped, warning, type Check, type CheckOutcome } from './check.ts';
import { formatGrant, type Grant } from './grant-commands.ts';
import type { SetupContext } from './setup-context.ts';
import { signInIds } from './sign-in-checks.ts';

export const rightIds = {
  right: (right: string, domain: string) => `rights.${right}:${domain}`,
  users: (domain: string) => `rights.read-users:${domain}`,
  changes: (domain: string) => `rights.read-changes:${domain}`,
  tooWide: (connector: string) => `rights.too-wide:${connector}`,
} as const;

/** The two rights, each with the name that administrators know. */
const rights = [
  { id: 'get-changes', name: 'Replicating Directory Changes', guid: replicationRights.getChanges },
  { id: 'get-changes-all', name: 'Replicating Directory Changes All', guid: replicationRights.getChangesAll },
] as const;

/** Whether the account may do in a domain what connect does there, right by right. */
export function rightsChecks(connector: ConnectorConfig, domain: DomainConfig): Check<SetupContext>[] {
  const needs = [domain.domainControllers.map(signInIds.ldap)];
  const part = 'forest';
  return [
    ...rights.map(({ id, name, guid }): Check<SetupContext> => ({
      id: rightIds.right(id, domain.name),
      title: `${connector.account.name} has "${name}" on ${domain.name}`,
      part,
      needs,
      run: async (context) => {
        const session = await requireSession(context, domain);
        const [descriptor, sids] = [await readDescriptor(session), await readToken(session)];
        return judgeRight({ name, guid }, { descriptor, sids }, await grantOf(context, connector, session));
      },
    })),
    {
      id: rightIds.users(domain.name),
      title: `${connector.account.name} may read the users of ${domain.name}`,
      part,
      needs,
      run: async (context) => {
        const session = await requireSession(context, domain);
        return judgeUser(connector, domain, await readSomeUser(session, connector.account.name));
      },
    },
    {
      id: rightIds.changes(domain.name),
      title: `${connector.account.name} may read changes and deletions of ${domain.name} (DirSync)`,
      part,
      needs,
      run: async (context) => {
        const session = await requireSession(context, domain);
        try {
          const { baseDn: base } = session.dc;
          const pages = session.connection.dirSync({ base, filter: '(objectClass=domainDNS)', attributes: ['name'] });
          await pages.next();
          await pages.return();
          return ok('the domain controller answers');
        } catch (error) {
          if (!(error instanceof CausewayError) || error.code !== 'ERR_CONNECT_DC_ANSWER') throw error;
          return failed(error.message, formatGrant(await grantOf(context, connector, session)));
        }
      },
    },
  ];
}

/** Whether the account has more rights than it needs, which makes its password worth more than it has to be. */
export function tooWideCheck(connector: ConnectorConfig): Check<SetupContext> {
  return {
    id: rightIds.tooWide(connector.name),
    title: `${connector.account.name} is no administrator`,
    part: 'forest',
    needs: [connector.domains.flatMap(({ domainControllers }) => domainControllers).map(signInIds.ldap)],
    run: async (context) => {
      const groups = new Set<string>();
      for (const domain of connector.domains) {
        const session = await context.sessionOf(domain);
        if (session === undefined) continue;
        for (const group of administrativeGroups(await readToken(session))) groups.add(group);
      }
      return judgeWidth(connector.account.name, [...groups]);
    },
  };
}

/** What an account's groups and a domain's permissions say about one right. */
export function judgeRight(
  right: { readonly name: string; readonly guid: Guid },
  found: { readonly descriptor: Pick<SecurityDescriptor, 'dacl'> | undefined; readonly sids: ReadonlySet<Sid> },
  grant: Grant,
): CheckOutcome {
  if (found.descriptor === undefined || found.sids.size === 0) {
    return skipped(
      'the account may not read the permissions of the domain: the replication of an object below proves them',
    );
  }
  if (grantedControlAccessRights(found.descriptor, found.sids, [right.guid]).has(right.guid)) return ok('granted');
  return failed(`${grant.account} does not have the right "${right.name}" on ${grant.baseDn}`, formatGrant(grant));
}

/** What the first user that an account sees says about its rights. */
export function judgeUser(
  { account }: Pick<ConnectorConfig, 'account'>,
  { name }: Pick<DomainConfig, 'name'>,
  user: LdapEntry | undefined,
): CheckOutcome {
  const cure = `let ${account.name} read the users of ${name}: by default every authenticated user may; look for permissions that were taken away on the domain or its OUs`;
  if (user === undefined) return failed(`${account.name} sees no user of ${name} but itself`, cure);
  const missing = ['objectGUID', 'objectSid', 'userAccountControl'].filter((name) => bytesOf(user, name) === undefined);
  if (missing.length === 0) return ok(`for example ${user.dn}`);
  return failed(`${account.name} may not read ${missing.join(', ')} of ${user.dn}`, cure);
}

/** What it means that an account is in these groups. */
export function judgeWidth(account: string, groups: readonly string[]): CheckOutcome {
  if (groups.length === 0) return ok('in no administrative group');
  return warning(
    `${account} is a member of ${groups.join(', ')}: it can do far more than connect needs`,
    'use an account of its own with the two replication rights and nothing else; docs/operate.md says how to restrict it',
  );
}

/** Relative ids of a domain's administrative groups, and whole SIDs of the built-in ones. @see [MS-DTYP] Well-Known SID Structures (2.4.2.4) */
const domainGroups: ReadonlyMap<string, string> = new Map([
  ['512', 'Domain Admins'],
  ['516', 'Domain Controllers'],
  ['518', 'Schema Admins'],
  ['519', 'Enterprise Admins'],
]);
const builtInGroups: ReadonlyMap<string, string> = new Map([
  ['S-1-5-32-544', 'Administrators'],
  ['S-1-5-32-548', 'Account Operators'],
  ['S-1-5-32-549', 'Server Operators'],
  ['S-1-5-32-551', 'Backup Operators'],
]);

/** Names of the administrative groups among SIDs. */
export function administrativeGroups(sids: Iterable<Sid>): string[] {
  return [...sids].flatMap((sid) => {
    const rid = /^S-1-5-21-\d+-\d+-\d+-(\d+)$/.exec(sid)?.[1];
    return builtInGroups.get(sid) ?? (rid === undefined ? undefined : domainGroups.get(rid)) ?? [];
  });
}

async function requireSession(context: SetupContext, domain: DomainConfig): Promise<DcSession> {
  const session = await context.sessionOf(domain);
  if (session !== undefined) return session;
  throw new CausewayError({
    code: 'ERR_CONNECT_DC_UNREACHABLE',
    message: `there is no connection to a domain controller of ${domain.name}`,
    nextStep: 'see the checks of its domain controllers above',
    disposition: 'retry',
  });
}

/** The permissions of the domain; undefined when the account may not read them. */
async function readDescriptor({ connection, dc }: DcSession): Promise<SecurityDescriptor | undefined> {
  const controls = [securityDescriptorFlagsControl({ dacl: true })];
  const root = await connection.read(dc.baseDn, ['nTSecurityDescriptor'], { controls });
  const bytes = root && bytesOf(root, 'nTSecurityDescriptor');
  return bytes === undefined ? undefined : decodeSecurityDescriptor(bytes);
}

/** The account with all its groups, as this DC sees the connection; empty when it does not say. @see [MS-ADTS] tokenGroups (3.1.1.3.2.25) */
async function readToken({ connection }: DcSession): Promise<Set<Sid>> {
  const root = await connection.read('', ['tokenGroups']);
  return new Set(root?.attributes.get('tokengroups')?.map(decodeSid));
}

/** Any user but the account itself, whom everybody sees. */
async function readSomeUser({ connection, dc }: DcSession, account: string): Promise<LdapEntry | undefined> {
  const pages = connection.pages({
    base: dc.baseDn,
    scope: 'sub',
    filter: '(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))',
    attributes: ['objectGUID', 'objectSid', 'userAccountControl', 'sAMAccountName'],
  });
  const entries = await firstPage(pages);
  const isItself = (entry: LdapEntry): boolean =>
    Buffer.from(bytesOf(entry, 'sAMAccountName') ?? [])
      .toString()
      .toLowerCase() === account.toLowerCase();
  return entries.find((entry) => !isItself(entry));
}

/** What the commands for a domain need to name: its name, and the account with its SID, which may be of another domain. */
export async function grantOf(context: SetupContext, connector: ConnectorConfig, session: DcSession): Promise<Grant> {
  const { account, name: forest, domains } = connector;
  const home = (account.domain ?? forest).toLowerCase();
  for (const domain of domains) {
    const one = await context.sessionOf(domain);
    if (one === undefined || ![one.dc.dnsName, one.dc.netbiosName.toLowerCase()].includes(home)) continue;
    return {
      baseDn: session.dc.baseDn,
      account: `${one.dc.netbiosName}\\${account.name}`,
      sid: await readSid(one, account.name),
    };
  }
  return { baseDn: session.dc.baseDn, account: `${account.name}@${home}`, sid: undefined };
}

async function readSid({ connection, dc }: DcSession, account: string): Promise<Sid | undefined> {
  const filter = new EqualityFilter({ attribute: 'sAMAccountName', value: account });
  const pages = connection.pages({ base: dc.baseDn, scope: 'sub', filter, attributes: ['objectSid'] });
  const entries = await firstPage(pages);
  const bytes = entries[0] && bytesOf(entries[0], 'objectSid');
  return bytes === undefined ? undefined : decodeSid(bytes);
}

async function firstPage(pages: AsyncGenerator<LdapEntry[]>): Promise<LdapEntry[]> {
  for await (const entries of pages) return entries;
  return [];
}
