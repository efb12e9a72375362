import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from '../container.ts';
import { configurationDn, DOMAINS, HOSTS, UPN_SUFFIX } from '../names.ts';
import type { DomainControllerName } from '../names.ts';
import { ACCOUNT_WITHOUT_RIGHTS, ADMINISTRATORS, ENTERPRISE_NAME_ACCOUNT, SYNC_ACCOUNT } from './accounts.ts';
import type { LabAccount } from './accounts.ts';
import { encodeClearPassword, formatAdd, formatReplace } from './ldif.ts';

/** The domain controllers of the root domains of the on-premises forests. */
export type ForestRoot = 'corp-dc1' | 'fabrikam-dc1';

/** The service accounts that read passwords. */
const READERS: Readonly<Record<ForestRoot, readonly LabAccount[]>> = {
  'corp-dc1': [SYNC_ACCOUNT, ENTERPRISE_NAME_ACCOUNT],
  'fabrikam-dc1': [SYNC_ACCOUNT],
};

/** Samba's directory database, as programs on the domain controller name it. */
export const SAM_DATABASE = '/var/lib/samba/private/sam.ldb';

/**
 * The two control access rights that reading password hashes by replication takes.
 *
 * @see [MS-ADTS] control access rights (5.1.3.2.1): DS-Replication-Get-Changes, DS-Replication-Get-Changes-All
 */
const REPLICATION_RIGHTS = ['1131f6aa-9c07-11d1-f79f-00c04fc2dcd2', '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2'];

/** Who may look into CN=Deleted Objects of a new domain: the system and its administrators, who may also look for what is in it. */
const DELETED_OBJECTS_ACL = 'D:PAI(A;;RPWPCCDCLCRCWOWDSDSW;;;SY)(A;;RPLC;;;BA)';

/**
 * From so many objects on, a database is in LMDB: the default's files end at 4 GiB.
 *
 * @see samba-tool domain provision --backend-store
 */
const LARGE_DATABASE = 50_000;

/** `userAccountControl` of a normal account whose password never expires: 0x200 | 0x10000. */
const NORMAL_NEVER_EXPIRES = '66048';

/**
 * Makes a new domain in the folders of a domain controller that is not serving yet: the domain as Samba provisions
 * it, the administrator's password, a password policy that lets tests change passwords at will, the UPN suffix, and
 * the names under which Kerberos knows its services.
 */
export async function provisionDomain(container: Container, dc: DomainControllerName, objects = 0): Promise<void> {
  const { dnsName, netbiosName, network } = DOMAINS[dc];
  const address = HOSTS[dc].addresses[network] ?? '';
  // Settings that are there already would have to fit the new domain.
  rmSync(join(container.folder, 'etc/samba/smb.conf'), { force: true });
  // Without --adminpass Samba makes one up: a password must not be in a list of arguments. It is replaced below.
  await container.execOrThrow([
    'samba-tool',
    'domain',
    'provision',
    '--quiet',
    '--server-role=dc',
    '--dns-backend=SAMBA_INTERNAL',
    `--realm=${dnsName}`,
    `--domain=${netbiosName}`,
    `--host-name=${dc}`,
    `--host-ip=${address}`,
    '--option',
    `interfaces=lo ${address}/24`,
    '--option',
    'bind interfaces only=yes',
    ...(objects < LARGE_DATABASE ? [] : ['--backend-store=mdb']),
  ]);
  await setPolicies(container, dc);
  await modifyDatabase(container, [
    formatReplace(`CN=Partitions,${configurationDn(dc)}`, [['uPNSuffixes', UPN_SUFFIX]]),
  ]);
  await addServiceNames(container);
}

/** Gives a new domain the lab's password policy, and its administrator the password that the lab knows. */
export async function setPolicies(container: Container, dc: DomainControllerName): Promise<void> {
  await modifyDatabase(container, policyRecords(dc));
}

/** Gives a domain controller the service principal names that Samba gives it while it serves (ldap/…, GC/…, the DRS one). */
export async function addServiceNames(container: Container): Promise<void> {
  await container.execOrThrow(['samba_spnupdate']);
}

/** Adds the service accounts of a forest to its root domain, and gives those that read passwords their rights there. */
export async function addServiceAccounts(container: Container, dc: ForestRoot): Promise<void> {
  const accounts = [...READERS[dc], ACCOUNT_WITHOUT_RIGHTS];
  await modifyDatabase(
    container,
    accounts.map((account) => serviceAccountRecord(account, dc)),
  );
  await grantReading(container, dc, await readReaders(container, dc));
}

/** The SIDs of the service accounts of a forest that read passwords, from the database of its root domain. */
export async function readReaders(container: Container, dc: ForestRoot): Promise<string[]> {
  return Promise.all(READERS[dc].map(async (account) => readSid(container, serviceAccountDn(account, dc))));
}

/**
 * Lets accounts read a domain by replication, with passwords, and see what has been deleted from it. Samba has only its
 * administrators look into CN=Deleted Objects, also by DirSync; Active Directory has the same for searches.
 */
export async function grantReading(container: Container, dc: DomainControllerName, sids: string[]): Promise<void> {
  const { baseDn } = DOMAINS[dc];
  const rights = sids.flatMap((sid) => REPLICATION_RIGHTS.map((right) => `(OA;;CR;${right};;${sid})`)).join('');
  await container.execOrThrow([
    'samba-tool',
    'dsacl',
    'set',
    '-H',
    SAM_DATABASE,
    `--objectdn=${baseDn}`,
    `--sddl=${rights}`,
  ]);
  const acl = `${DELETED_OBJECTS_ACL}${sids.map((sid) => `(A;;RPLC;;;${sid})`).join('')}`;
  const record = formatReplace(`CN=Deleted Objects,${baseDn}`, [['nTSecurityDescriptor', acl]]);
  // The list of access rights alone is replaced, not the owner.
  await modifyDatabase(container, [record], ['show_deleted:1', 'sd_flags:1:4']);
}

/** Adds or changes objects in the database itself, in Samba's batch mode, with records on standard input. */
export async function modifyDatabase(
  container: Container,
  records: Iterable<string>,
  controls: readonly string[] = [],
): Promise<void> {
  await container.execOrThrow(
    ['ldbmodify', '-H', SAM_DATABASE, '-o', 'batch_mode:1', ...controls.map((control) => `--controls=${control}`)],
    { input: records, timeoutMs: 3_600_000 },
  );
}

/** The SID of an object. */
async function readSid(container: Container, dn: string): Promise<string> {
  return (await readObject(container, dn, ['objectSid'])).get('objectsid') ?? '';
}

/** The first values of some attributes of an object as text, by their names in lower case. */
export async function readObject(
  container: Container,
  dn: string,
  attributes: readonly string[],
): Promise<Map<string, string>> {
  const command = ['ldbsearch', '-H', SAM_DATABASE, '-b', dn, '-s', 'base', ...attributes];
  const { stdout } = await container.execOrThrow(command);
  const lines = [...stdout.matchAll(/^([A-Za-z-]+): (\S+)$/gm)];
  return new Map(lines.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

function policyRecords(dc: DomainControllerName): string[] {
  const { baseDn } = DOMAINS[dc];
  return [
    formatReplace(baseDn, [
      ['minPwdAge', '0'],
      // "Never", in units of 100 ns.
      ['maxPwdAge', '-9223372036854775808'],
      ['pwdHistoryLength', '0'],
      ['pwdProperties', '0'],
      ['lockoutThreshold', '0'],
    ]),
    formatReplace(`CN=Administrator,CN=Users,${baseDn}`, [
      ['unicodePwd', encodeClearPassword(ADMINISTRATORS[dc].password)],
      ['userAccountControl', NORMAL_NEVER_EXPIRES],
    ]),
  ];
}

function serviceAccountDn(account: LabAccount, dc: ForestRoot): string {
  return `CN=${account.name},CN=Users,${DOMAINS[dc].baseDn}`;
}

function serviceAccountRecord(account: LabAccount, dc: ForestRoot): string {
  return formatAdd(serviceAccountDn(account, dc), [
    ['objectClass', 'user'],
    ['sAMAccountName', account.name],
    ['userPrincipalName', account.userPrincipalName ?? `${account.name}@${DOMAINS[dc].dnsName}`],
    ['unicodePwd', encodeClearPassword(account.password)],
    ['userAccountControl', NORMAL_NEVER_EXPIRES],
  ]);
}
