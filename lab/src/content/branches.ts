import { DOMAINS, UPN_SUFFIX } from '../names.ts';
import { pickPersonName } from './person-names.ts';
import { deriveBytes, deriveText, SeededSequence } from './seeded.ts';
import { makeUsers } from './users.ts';
import type { LabGroup, LabUser } from './users.ts';

/** The domain controllers whose domains have a population of their own, always the same one. */
export type BranchDc = 'emea-dc1' | 'fabrikam-dc1';

/** A user of a small domain, who may differ from the usual in one way. */
export interface BranchUser extends LabUser {
  readonly password: string;
  /** The organizational unit, by its name alone. */
  readonly unit: string;
  readonly trait: BranchTrait;
  /** `mS-DS-ConsistencyGuid`, for every fourth. */
  readonly consistencyGuid?: Uint8Array;
}

/**
 * What is unusual about a user. `system`: by its name an account of a system, such as `MSOL_…`. `long-name`: a name of more
 * characters than `sAMAccountName` has room for. `shared`: in fabrikam.test, a person with the mail address of a user of
 * corp.contoso.test, namely of the one with the same index.
 */
export type BranchTrait =
  | 'usual'
  | 'inetOrgPerson'
  | 'disabled'
  | 'must-change'
  | 'long-name'
  | 'non-ASCII'
  | 'system'
  | 'excluded'
  | 'shared';

/** All that is in a small domain. */
export interface BranchContent {
  /** Distinguished names, parents first. */
  readonly units: readonly string[];
  readonly users: readonly BranchUser[];
  readonly groups: readonly LabGroup[];
}

interface BranchPlan {
  readonly users: number;
  readonly upnSuffix: string;
  /** Organizational units of the users, below OU=Staff; one is below another. */
  readonly units: readonly (readonly string[])[];
  /** How many of the first users are persons of corp.contoso.test as well. */
  readonly shared: number;
  readonly name: string;
}

const PLANS: Readonly<Record<BranchDc, BranchPlan>> = {
  'emea-dc1': {
    users: 40,
    upnSuffix: UPN_SUFFIX,
    units: [['Paris'], ['Support', 'Paris'], ['Zürich']],
    shared: 0,
    name: 'EMEA',
  },
  'fabrikam-dc1': {
    users: 60,
    upnSuffix: DOMAINS['fabrikam-dc1'].dnsName,
    units: [['Design'], ['Prototypes', 'Design'], ['Workshop']],
    shared: 10,
    name: 'Fabrikam',
  },
};

/** The last users of a small domain, two or three of each trait. */
const TRAITS: readonly BranchTrait[] = [
  ...(['inetOrgPerson', 'disabled', 'must-change', 'long-name', 'non-ASCII', 'excluded'] as const).flatMap(
    (trait): BranchTrait[] => [trait, trait],
  ),
  ...Array<BranchTrait>(3).fill('system'),
];

const SYSTEM_NAMES = ['MSOL_5f1e0c7a9b3d', 'AAD_1c2d3e4f5a6b', 'SUPPORT_388945a0'];

const LONG_NAMES = [
  'Maximiliane Theodora Freifrau von Hohenstein-Waldburg',
  'Bartholomäus Christopherson-Featherstonehaugh',
];

const OTHER_SCRIPTS = ['Ωραία Παπαδοπούλου', 'Łukasz Żółć'];

/** All that is in the domain of a domain controller. */
export function makeBranch(dc: BranchDc): BranchContent {
  const { baseDn } = DOMAINS[dc];
  const plan = PLANS[dc];
  const staff = `OU=Staff,${baseDn}`;
  const unitDns = plan.units.map((path) => [...path.map((name) => `OU=${name}`), staff].join(','));
  const excluded = `OU=Excluded,${baseDn}`;
  const corp = makeUsers(plan.shared);
  const users = Array.from({ length: plan.users }, (_, index) => {
    const shared = corp[index];
    const trait = shared === undefined ? (TRAITS[index - plan.users + TRAITS.length] ?? 'usual') : 'shared';
    return makeBranchUser({
      dc,
      index,
      trait,
      shared,
      unitDn: trait === 'excluded' ? excluded : (unitDns[index % unitDns.length] ?? staff),
    });
  });
  return { units: [staff, ...unitDns, excluded], users, groups: makeBranchGroups(dc, users) };
}

/** One group a unit, one of all of them (nested), and one without members. */
function makeBranchGroups(dc: BranchDc, users: readonly BranchUser[]): LabGroup[] {
  const { name } = PLANS[dc];
  const staff = `OU=Staff,${DOMAINS[dc].baseDn}`;
  const group = (accountName: string, memberDns: readonly string[]): LabGroup => ({
    accountName,
    description: `${accountName} of ${name}`,
    dn: `CN=${accountName} Group,${staff}`,
    memberDns,
  });
  const units = [...new Set(users.map(({ unit }) => unit))];
  const ofUnits = units.map((unit) =>
    group(
      `${name} ${unit}`,
      users.filter((user) => user.unit === unit).map(({ dn }) => dn),
    ),
  );
  return [
    ...ofUnits,
    group(
      `${name} Staff`,
      ofUnits.map(({ dn }) => dn),
    ),
    group(`${name} Nobody`, []),
  ];
}

function makeBranchUser(user: {
  dc: BranchDc;
  index: number;
  trait: BranchTrait;
  shared: LabUser | undefined;
  unitDn: string;
}): BranchUser {
  const { dc, index, trait, shared, unitDn } = user;
  const { name: branch, upnSuffix } = PLANS[dc];
  const sequence = new SeededSequence(`${branch} user ${index}`);
  const person = shared ?? pickPersonName(sequence);
  const ofTrait = index % 2;
  const displayName =
    (trait === 'long-name' ? LONG_NAMES[ofTrait] : trait === 'non-ASCII' ? OTHER_SCRIPTS[ofTrait] : undefined) ??
    `${person.givenName} ${person.surname}`;
  const [givenName = '', ...surnames] = displayName.split(' ');
  const local = `${branch.toLowerCase()}.${trait === 'long-name' ? 'with-a-name-of-more-than-twenty-characters.' : 'user'}${index}`;
  return {
    index,
    accountName: accountNameOf({ trait, index, local, givenName }),
    userPrincipalName: `${local}@${upnSuffix}`,
    displayName,
    givenName,
    surname: surnames.join(' '),
    mail: shared?.mail ?? `${local}@${upnSuffix}`,
    department: branch,
    title: 'Consultant',
    dn: `CN=${displayName} ${index},${unitDn}`,
    password: deriveText(`${branch} password ${index}`, 18),
    unit: /^OU=([^,]+)/.exec(unitDn)?.[1] ?? '',
    trait,
    ...(index % 4 === 1 ? { consistencyGuid: deriveBytes(`${branch} anchor ${index}`, 16) } : {}),
  };
}

/** At most 20 characters. */
function accountNameOf(user: { trait: BranchTrait; index: number; local: string; givenName: string }): string {
  const { trait, index, local, givenName } = user;
  if (trait === 'system') return SYSTEM_NAMES[index % SYSTEM_NAMES.length] ?? local;
  if (trait === 'long-name') return `${local.slice(0, 18)}${index}`;
  return trait === 'non-ASCII' ? `${givenName.toLowerCase()}${index}` : local;
}
