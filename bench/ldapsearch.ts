import { rmSync } from 'node:fs';
import { CA_FILE, DOMAINS, HOSTS, type Lab } from '@causeway/lab';

const PASSWORD_FILE = '/tmp/ldapsearch.password';
const OUTPUT_FILE = '/tmp/ldapsearch.ldif';
/** Runs a command, and prints how many entries its output has. */
const COUNT_ENTRIES = ['sh', '-c', `"$@" >${OUTPUT_FILE} || exit; grep -c ^dn: ${OUTPUT_FILE} || true`, 'sh'];
const SAM_DATABASE = '/var/lib/samba/private/sam.ldb';

/** What connect asks a domain controller for. */
const OBJECTS =
  '(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=group)(objectClass=foreignSecurityPrincipal)' +
  '(objectClass=organizationalUnit)(objectClass=container)(objectClass=domainDNS))';
/** What the built-in rules read of it. */
const ATTRIBUTES =
  `objectGUID objectClass objectSid name member manager mS-DS-ConsistencyGuid sAMAccountName userPrincipalName
  userAccountControl displayName givenName sn mail mailNickname department title company description employeeID proxyAddresses
  telephoneNumber mobile groupType physicalDeliveryOfficeName streetAddress postalCode l st co adminDescription pwdLastSet
  isCriticalSystemObject preferredLanguage facsimileTelephoneNumber`.split(/\s+/);

/** What a search found, and how long it took from the start of the program to its end. */
export interface LdapSearch {
  readonly entries: number;
  readonly seconds: number;
}

/**
 * Reads from `corp-dc1` on host `connect` with OpenLDAP's `ldapsearch`, as the sync account, over StartTLS, in pages of
 * 1,000: everything that connect asks for, or of that what has changed since a USN.
 */
export async function searchObjects(lab: Lab, changedSince?: bigint): Promise<LdapSearch> {
  const { name, password } = lab.serviceAccounts.sync;
  const { dnsName, baseDn } = DOMAINS['corp-dc1'];
  const bind = ['-x', '-ZZ', '-H', `ldap://${HOSTS['corp-dc1'].fqdn}`, '-D', `${name}@${dnsName}`, '-y', PASSWORD_FILE];
  const filter = changedSince === undefined ? OBJECTS : `(&(uSNChanged>=${changedSince + 1n})${OBJECTS})`;
  const search = ['ldapsearch', '-LLL', ...bind, '-b', baseDn, '-E', 'pr=1000/noprompt', filter, ...ATTRIBUTES];
  lab.writeFile('connect', PASSWORD_FILE, password, 0o600);
  try {
    const { exitCode, stdout, stderr, durationMs } = await lab.exec('connect', [...COUNT_ENTRIES, ...search], {
      env: { LDAPTLS_CACERT: CA_FILE },
      timeoutMs: 1_800_000,
    });
    if (exitCode !== 0) throw new Error(`ldapsearch ended with exit code ${exitCode}: ${stderr.trim()}`);
    return { entries: Number(stdout.trim()), seconds: durationMs / 1000 };
  } finally {
    for (const file of [PASSWORD_FILE, OUTPUT_FILE]) rmSync(lab.folder('connect', file), { force: true });
  }
}

/** The highest USN that `corp-dc1` has committed. */
export async function readHighestUsn(lab: Lab): Promise<bigint> {
  const command = ['ldbsearch', '-H', SAM_DATABASE, '-b', '', '-s', 'base', 'highestCommittedUSN'];
  const { stdout, stderr } = await lab.exec('corp-dc1', command);
  const usn = /^highestCommittedUSN: (\d+)$/m.exec(stdout)?.[1];
  if (usn === undefined) throw new Error(`corp-dc1 tells no USN: ${stderr.trim()}`);
  return BigInt(usn);
}

/** Gives users another title, all in one transaction in the database of `corp-dc1`, while it serves. */
export async function changeTitles(lab: Lab, dns: readonly string[], title: string): Promise<void> {
  const records = dns.map((dn) => {
    const name = `dn:: ${Buffer.from(dn).toString('base64')}`;
    return `${name}\nchangetype: modify\nreplace: title\ntitle: ${title}\n\n`;
  });
  const command = ['ldbmodify', '-H', SAM_DATABASE];
  const { exitCode, stderr } = await lab.exec('corp-dc1', command, { input: records, timeoutMs: 600_000 });
  if (exitCode !== 0) throw new Error(`ldbmodify ended with exit code ${exitCode}: ${stderr.trim()}`);
}
