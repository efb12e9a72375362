import { STAFF_DN, UPN_SUFFIX } from '../names.ts';
import { pickPersonName } from './person-names.ts';
import { deriveText, SeededSequence } from './seeded.ts';

/** A user of an on-premises domain. */
export interface LabUser {
  readonly index: number;
  /** `sAMAccountName`, at most 20 characters; one in twenty has other than ASCII letters. */
  readonly accountName: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly surname: string;
  readonly mail: string;
  readonly department: string;
  readonly title: string;
  readonly dn: string;
  /** The password at the time of `up` or of the snapshot `initial`, for the first {@link REAL_PASSWORDS_MAX} users. */
  readonly password?: string;
}

/** A global security group. */
export interface LabGroup {
  readonly accountName: string;
  readonly description: string;
  readonly dn: string;
  readonly memberDns: readonly string[];
}

/** How many users have a password; the others have well-formed random hashes. */
export const REAL_PASSWORDS_MAX = 200;

/** Organizational units below `OU=Staff`. */
export const DEPARTMENTS: readonly string[] = [
  'Engineering',
  'Sales',
  'Finance',
  'Operations',
  'Human Resources',
  'Qualitätssicherung',
];

const TITLES = ['Engineer', 'Analyst', 'Manager', 'Assistant', 'Director', 'Consultant', 'Administrator', 'Designer'];

/** The organizational unit of a department. */
export function departmentDn(department: string): string {
  return `OU=${department},${STAFF_DN}`;
}

/** The first `count` users. User number i is the same in every lab, whatever the count. */
export function makeUsers(count: number): LabUser[] {
  const names: Names = { taken: new Set(), next: new Map() };
  const users: LabUser[] = [];
  for (let index = 0; index < count; index += 1) users.push(makeUser(index, names));
  return users;
}

/** The groups of these users: one a department, all departments together (nested), and projects of 10 to 40 people. */
export function makeGroups(users: readonly LabUser[]): LabGroup[] {
  const groups: LabGroup[] = DEPARTMENTS.map((department) =>
    makeGroup(
      department,
      `Everyone in ${department}`,
      users.filter((user) => user.department === department).map((user) => user.dn),
    ),
  );
  groups.push(
    makeGroup(
      'Contoso Staff',
      'Every department',
      groups.map((group) => group.dn),
    ),
  );
  for (let number = 1; number <= Math.ceil(users.length / 50); number += 1) {
    const sequence = new SeededSequence(`project ${number}`);
    const size = Math.min(users.length, 10 + sequence.integer(31));
    const members = new Set<string>();
    while (members.size < size) members.add(sequence.pick(users).dn);
    groups.push(makeGroup(`Project ${number}`, `Works on project ${number}`, [...members]));
  }
  return groups;
}

/** A group of everybody is in a company of this many users, and has this many members. */
const EVERYBODY = { users: 60_000, members: 50_000 };

/** The shape of the distribution of sizes: many groups of a handful, few of thousands, about 20 members on average. */
const SIZES = { least: 4.4, tail: 1.2, most: 5000 };

/** How deep groups are in groups at most, and how many in a hundred have groups in them. */
const NESTING = { depth: 4, percent: 15, groups: 3 };

/**
 * So many groups of these users, as a company has them: a long tail of sizes, some with groups in them, and one of
 * 50,000 users where there are 60,000. A group comes after those that are in it. Always the same for the same counts.
 */
export function* makeCompanyGroups(users: readonly LabUser[], count: number): Generator<LabGroup> {
  const dns: string[] = [];
  const depths: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const sequence = new SeededSequence(`company group ${index}`);
    const everybody = index === 0 && users.length >= EVERYBODY.users;
    const size = everybody ? EVERYBODY.members : Math.min(drawSize(sequence), users.length);
    const members = new Set<string>(everybody ? users.slice(0, size).map(({ dn }) => dn) : []);
    while (members.size < size) members.add(sequence.pick(users).dn);
    let depth = 0;
    if (index > 0 && sequence.integer(100) < NESTING.percent) {
      for (let nested = 0; nested < NESTING.groups; nested += 1) {
        const other = sequence.integer(index);
        if ((depths[other] ?? 0) >= NESTING.depth) continue;
        members.add(dns[other] ?? '');
        depth = Math.max(depth, (depths[other] ?? 0) + 1);
      }
    }
    const group = makeGroup(`Group ${index}`, `Group ${index} of the company`, [...members]);
    dns.push(group.dn);
    depths.push(depth);
    yield group;
  }
}

/** A size by the inverse of the distribution: `least / u^(1/tail)` for u from 0 to 1. */
function drawSize(sequence: SeededSequence): number {
  const chance = (sequence.integer(1_000_000) + 1) / 1_000_000;
  return Math.min(SIZES.most, Math.floor(SIZES.least / chance ** (1 / SIZES.tail)));
}

function makeGroup(accountName: string, description: string, memberDns: readonly string[]): LabGroup {
  return { accountName, description, dn: `CN=${accountName} Group,${STAFF_DN}`, memberDns };
}

function makeUser(index: number, names: Names): LabUser {
  const sequence = new SeededSequence(`user ${index}`);
  const name = pickPersonName(sequence);
  const alice = { givenName: 'Alice', surname: 'Archer', asciiGivenName: 'alice', asciiSurname: 'archer' };
  // The first user has a name that is easy to type.
  const { givenName, surname, asciiGivenName, asciiSurname } = index === 0 ? alice : name;
  const department = sequence.pick(DEPARTMENTS);
  const ascii = `${asciiGivenName}.${asciiSurname}`;
  const own = `${givenName}.${surname}`.toLowerCase();
  const principal = claim(names, 'upn', ascii, 60);
  const wanted = index === 0 ? 'alice' : index % 20 === 7 ? own : ascii;
  const displayName = `${givenName} ${surname}`;
  const commonName = claim(names, `cn ${department}`, displayName, 60);
  return {
    index,
    accountName: claim(names, 'account', wanted, 20),
    userPrincipalName: `${principal}@${UPN_SUFFIX}`,
    displayName,
    givenName,
    surname,
    mail: `${principal}@${UPN_SUFFIX}`,
    department,
    title: sequence.pick(TITLES),
    dn: `CN=${commonName},${departmentDn(department)}`,
    ...(index < REAL_PASSWORDS_MAX ? { password: makePassword(index) } : {}),
  };
}

/** Which names are taken, and for a name that was wanted before, the number to begin with. */
interface Names {
  readonly taken: Set<string>;
  readonly next: Map<string, number>;
}

/** The name itself, or with the first free number behind it, within so many characters. */
function claim({ taken, next }: Names, kind: string, wanted: string, charactersMax: number): string {
  const wish = `${kind} ${wanted}`;
  for (let number = next.get(wish) ?? 1; ; number += 1) {
    const suffix = number === 1 ? '' : String(number);
    const letters = Array.from(wanted)
      .slice(0, charactersMax - suffix.length)
      .join('');
    const name = `${letters.replace(/[.-]$/, '')}${suffix}`;
    // Directory names that differ in case or marks only are the same name to some programs.
    const key = `${kind} ${name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()}`;
    if (taken.has(key)) continue;
    taken.add(key);
    next.set(wish, number + 1);
    return name;
  }
}

/** Short, long, with spaces, with other than ASCII letters, and with characters outside the first Unicode plane. */
function makePassword(index: number): string {
  const text = deriveText(`password ${index}`, 32);
  switch (index % 8) {
    case 1:
      return `${text.slice(0, 6)} ${text.slice(6, 12)} ${text.slice(12, 18)}`;
    case 2:
      return `Pässwörd-ß-${text.slice(0, 10)}`;
    case 3:
      return `${text}${deriveText(`long password ${index}`, 32)}${deriveText(`longer password ${index}`, 32)}`;
    case 4:
      return `пароль-${text.slice(0, 8)}-密码`;
    case 5:
      return `${text.slice(0, 8)}"'\\$%&{}<>${text.slice(8, 12)}`;
    case 6:
      return `🔑${text.slice(0, 9)}é`;
    default:
      return text.slice(0, 16);
  }
}
