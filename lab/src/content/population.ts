import { encodeSupplementalCredentials } from '@ad-protocols/credentials';
import type { Container } from '../container.ts';
import { DOMAINS, STAFF_DN } from '../names.ts';
import type { OnProgress } from '../progress.ts';
import { encodeClearPassword, formatAdd } from './ldif.ts';
import type { LdifAttribute } from './ldif.ts';
import { modifyDatabase } from './provision.ts';
import { deriveBytes } from './seeded.ts';
import { makeBranch } from './branches.ts';
import type { BranchDc, BranchUser } from './branches.ts';
import { departmentDn, DEPARTMENTS, makeCompanyGroups, makeGroups } from './users.ts';
import type { LabGroup, LabUser } from './users.ts';

/** Samba's control to store `unicodePwd` and `supplementalCredentials` as they are given. */
const STORE_HASHES = 'local_oid:1.3.6.1.4.1.7165.4.3.12:0';

/** 2024-01-05 08:00 UTC as a FILETIME; the random passwords were set in the days after it. */
const FIRST_PASSWORD_SET = 133_489_152_000_000_000n;

const TICKS_PER_HOUR = 36_000_000_000n;

/** `userAccountControl` of a normal account, and of one that is disabled. */
const NORMAL = '512';
const DISABLED = '514';

/**
 * Adds the users with their organizational units and groups to the database of a domain controller that is not
 * serving. Samba computes the hashes and keys of those with a password; the others get random ones that it stores.
 * `groups` is how many of {@link makeCompanyGroups} there are, in place of those of {@link makeGroups}.
 */
export async function addUsers(
  container: Container,
  { users, groups }: { users: readonly LabUser[]; groups: number | undefined },
  onProgress: OnProgress,
): Promise<void> {
  const units = [STAFF_DN, ...DEPARTMENTS.map(departmentDn)];
  await modifyDatabase(
    container,
    units.map((dn) => formatAdd(dn, [['objectClass', 'organizationalUnit']])),
  );
  const withPassword = users.filter((user) => user.password !== undefined);
  const others = users.filter((user) => user.password === undefined);
  const step = `add ${users.length} users`;
  const report = (done: number): void => {
    onProgress({ step, fraction: done / users.length });
  };
  await modifyInParts(container, recordsOf(withPassword, clearPassword, report));
  if (others.length > 0) {
    const reportOthers = (done: number): void => {
      report(withPassword.length + done);
    };
    await modifyInParts(container, recordsOf(others, randomHashes, reportOthers), [STORE_HASHES]);
  }
  onProgress({ step: groups === undefined ? 'add groups' : `add ${groups} groups` });
  await modifyInParts(
    container,
    groupRecords(groups === undefined ? makeGroups(users) : makeCompanyGroups(users, groups)),
  );
}

/** Adds all that is in a small domain. */
export async function addBranch(container: Container, dc: BranchDc): Promise<void> {
  const { units, users, groups } = makeBranch(dc);
  await modifyDatabase(container, [
    ...units.map((dn) => formatAdd(dn, [['objectClass', 'organizationalUnit']])),
    ...users.map(branchUserRecord),
    ...groupRecords(groups),
  ]);
}

function branchUserRecord(user: BranchUser): string {
  return formatAdd(user.dn, [
    ...attributesOf(
      user,
      user.trait === 'inetOrgPerson' ? 'inetOrgPerson' : 'user',
      user.trait === 'disabled' ? DISABLED : NORMAL,
    ),
    ...clearPassword(user),
    // Must be changed at the next sign-in.
    ...(user.trait === 'must-change' ? ([['pwdLastSet', '0']] as const) : []),
    ...(user.consistencyGuid === undefined ? [] : ([['mS-DS-ConsistencyGuid', user.consistencyGuid]] as const)),
  ]);
}

function* groupRecords(groups: Iterable<LabGroup>): Generator<string> {
  for (const { dn, accountName, description, memberDns } of groups) {
    yield formatAdd(dn, [
      ['objectClass', 'group'],
      ['sAMAccountName', accountName],
      ['description', description],
      ['member', memberDns],
    ]);
  }
}

/** How many records go into one transaction: in LMDB, one of many thousands takes longer for each of them. */
const TRANSACTION_RECORDS = 5000;

/** Adds objects in as many transactions as it takes; `records` is gone through as they are written. */
async function modifyInParts(
  container: Container,
  records: Iterable<string>,
  controls: readonly string[] = [],
): Promise<void> {
  let part: string[] = [];
  for (const record of records) {
    part.push(record);
    if (part.length < TRANSACTION_RECORDS) continue;
    await modifyDatabase(container, part, controls);
    part = [];
  }
  if (part.length > 0) await modifyDatabase(container, part, controls);
}

/** Records made one at a time, as the program reads them: the text of 40,000 users never is in memory together. */
function* recordsOf(
  users: readonly LabUser[],
  secretsOf: (user: LabUser) => LdifAttribute[],
  report: (done: number) => void,
): Generator<string> {
  for (const [index, user] of users.entries()) {
    if (index % 50 === 0) report(index);
    yield formatAdd(user.dn, [...attributesOf(user), ...secretsOf(user)]);
  }
}

function attributesOf(user: LabUser, objectClass = 'user', userAccountControl = NORMAL): LdifAttribute[] {
  return [
    ['objectClass', objectClass],
    ['sAMAccountName', user.accountName],
    ['userPrincipalName', user.userPrincipalName],
    ['displayName', user.displayName],
    ['givenName', user.givenName],
    ['sn', user.surname],
    ['mail', user.mail],
    ['department', user.department],
    ['title', user.title],
    ['userAccountControl', userAccountControl],
  ];
}

function clearPassword(user: LabUser): LdifAttribute[] {
  return [['unicodePwd', encodeClearPassword(user.password ?? '')]];
}

function randomHashes(user: LabUser): LdifAttribute[] {
  const bytes = (label: string, length: number): Uint8Array => deriveBytes(`${label} of user ${user.index}`, length);
  const supplemental = encodeSupplementalCredentials({
    kerberos: {
      salt: `${DOMAINS['corp-dc1'].realm}${user.userPrincipalName.split('@')[0] ?? ''}`,
      iterationCount: 4096,
      aes256: bytes('AES-256 key', 32),
      aes128: bytes('AES-128 key', 16),
    },
  });
  return [
    ['unicodePwd', bytes('NT hash', 16)],
    ['supplementalCredentials', supplemental],
    ['pwdLastSet', String(FIRST_PASSWORD_SET + BigInt(user.index % 5000) * TICKS_PER_HOUR)],
  ];
}
