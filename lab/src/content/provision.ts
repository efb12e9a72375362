import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from '../container.ts';
import { DOMAINS, HOSTS, UPN_SUFFIX } from '../names.ts';
import type { DomainControllerName } from '../names.ts';
import { ACCOUNT_WITHOUT_RIGHTS, ADMINISTRATORS, ENTERPRISE_NAME_ACCOUNT, SYNC_ACCOUNT } from './accounts.ts';
import type { LabAccount } from './accounts.ts';
import { encodeClearPassword, formatAdd, formatReplace } from './ldif.ts';

/** Samba's directory database, as programs on the domain controller name it. */
export const SAM_DATABASE = '/var/lib/samba/private/sam.ldb';

/**
 * The two control access rights that reading password hashes by replication takes.
 *
 * @see [MS-ADTS] control access rights (5.1.3.2.1): DS-Replication-Get-Changes, DS-Replication-Get-Changes-All
 */
const REPLICATION_RIGHTS = ['1131f6aa-9c07-11d1-f79f-00c04fc2dcd2', '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2'];

/** `userAccountControl` of a normal account whose password never expires: 0x200 | 0x10000. */
const NORMAL_NEVER_EXPIRES = '66048';

/**
 * Makes a new domain in the folders of a domain controller that is not serving yet: the domain as Samba provisions
 * it, the administrator's password, a password policy that lets tests change passwords at will, the UPN suffix, and
 * the names under which Kerberos knows its services.
 */
export async function provisionDomain(container: Container, dc: DomainControllerName): Promise<void> {
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
  ]);
  await modifyDatabase(container, [...policyRecords(dc)]);
  await addServiceNames(container);
}

/** Gives a domain controller the service principal names that Samba gives it while it serves (ldap/…, GC/…, the DRS one). */
export async function addServiceNames(container: Container): Promise<void> {
  await container.execOrThrow(['samba_spnupdate']);
}

/** Adds the service accounts of the on-premises domain, and gives two of them the two replication rights. */
export async function addServiceAccounts(container: Container): Promise<void> {
  const { baseDn } = DOMAINS['corp-dc1'];
  const readers = [SYNC_ACCOUNT, ENTERPRISE_NAME_ACCOUNT];
  await modifyDatabase(container, [...readers, ACCOUNT_WITHOUT_RIGHTS].map(serviceAccountRecord));
  const sids = await Promise.all(readers.map(async (account) => readSid(container, serviceAccountDn(account))));
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
    formatReplace(`CN=Partitions,CN=Configuration,${baseDn}`, [['uPNSuffixes', UPN_SUFFIX]]),
    formatReplace(`CN=Administrator,CN=Users,${baseDn}`, [
      ['unicodePwd', encodeClearPassword(ADMINISTRATORS[dc].password)],
      ['userAccountControl', NORMAL_NEVER_EXPIRES],
    ]),
  ];
}

function serviceAccountDn(account: LabAccount): string {
  return `CN=${account.name},CN=Users,${DOMAINS['corp-dc1'].baseDn}`;
}

function serviceAccountRecord(account: LabAccount): string {
  return formatAdd(serviceAccountDn(account), [
    ['objectClass', 'user'],
    ['sAMAccountName', account.name],
    ['userPrincipalName', account.userPrincipalName ?? `${account.name}@${DOMAINS['corp-dc1'].dnsName}`],
    ['unicodePwd', encodeClearPassword(account.password)],
    ['userAccountControl', NORMAL_NEVER_EXPIRES],
  ]);
}

async function readSid(container: Container, dn: string): Promise<string> {
  const { stdout } = await container.execOrThrow([
    'ldbsearch',
    '-H',
    SAM_DATABASE,
    '-b',
    dn,
    '-s',
    'base',
    'objectSid',
  ]);
  return /^objectSid: (\S+)$/m.exec(stdout)?.[1] ?? '';
}
