import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Change } from '@causeway/contract';
import { needsCredential, planChange, type OpenedCredential, type Present } from '../src/plan.ts';
import type { ManagedUser } from '../src/managed-user.ts';
import type { Operation } from '../src/operation.ts';
import { changeOf, managedUser, user, version } from './fixtures.ts';

const container = 'OU=AADDC Users,DC=aadds,DC=contoso,DC=test';
const disabled = 0x1_0202;
const enabled = 0x1_0200;
const expiring = 0x200;

function opened(): OpenedCredential {
  const credential = {
    unicodePwd: new Uint8Array(16).fill(1),
    supplementalCredentials: new Uint8Array(40).fill(2),
    passwordLastSet: 134_398_473_611_869_430n,
  };
  return { state: 'opened', credential };
}

function present(...users: ManagedUser[]): Present {
  return { container, users, nameOwners: [] };
}

/** An operation as text: kind, name, and attributes with their values; secrets by their length. */
function summarize(operation: Operation): string {
  if (operation.kind === 'rename') return `rename ${operation.dn} ${operation.rdn}`;
  if (operation.kind === 'delete') return `delete ${operation.dn}`;
  const attributes = operation.kind === 'add' ? operation.attributes : operation.replace;
  const parts = attributes.map(({ name, values }) => {
    const secret = name === 'unicodePwd' || name === 'supplementalCredentials';
    return `${name}=${values.map((value) => (secret ? `${value.length} bytes` : new TextDecoder().decode(value))).join('|')}`;
  });
  return `${operation.kind} ${operation.dn}: ${parts.join('; ')}`;
}

const identity = 'altSecurityIdentities=Causeway:03020100-0504-0706-0809-0a0b0c0d0e0f';
const newUser = `add CN=alice,${container}: objectClass=user; sAMAccountName=alice; userPrincipalName=alice@corp.contoso.test`;
const names = 'displayName=Alice Ärlig; sn=Ärlig';
const guid = '<GUID=11111111-2222-3333-4444-555555555555>';
const secrets = (number: number) =>
  `unicodePwd=16 bytes; supplementalCredentials=40 bytes; ntPwdHistory=; lmPwdHistory=; pwdLastSet=134398473611869430; adminDescription=${number}@2026-11-22T10:00:0${number}Z@6ba7b810-9dad-11d1-80b4-00c04fd430c8`;
const temporary = (number: number) => secrets(number).replace('pwdLastSet=134398473611869430', 'pwdLastSet=0');
const newSecrets = (number: number) => secrets(number).replace('ntPwdHistory=; lmPwdHistory=; ', '');

interface Case {
  readonly behaviour: string;
  readonly change: Change;
  readonly present?: Present;
  readonly opened?: OpenedCredential;
  readonly operations: readonly string[];
  readonly status: string;
  readonly version?: number;
  readonly reason?: RegExp;
}

const contact = {
  companyName: 'Contoso',
  employeeId: 'E-1',
  physicalDeliveryOfficeName: 'B 2.14',
  streetAddress: 'Domkloster 4',
  postalCode: '50667',
  city: 'Köln',
  state: 'NRW',
  country: 'Germany',
  telephoneNumber: '+49 221 1',
  facsimileTelephoneNumber: '+49 221 2',
  preferredLanguage: 'de-DE',
};

/** The anchor that a cloud-only user had: base64 of the bytes 15 to 0. */
const previousAnchor = 'Dw4NDAsKCQgHBgUEAwIBAA==';
const cloudOnly = {
  anchorIdentities: ['Causeway:0c0d0e0f-0a0b-0809-0706-050403020100'],
  otherIdentities: ['Kerberos:alice@ELSEWHERE'],
  credentialVersion: undefined,
  userAccountControl: disabled,
};

const renamed = { ...user, accountName: 'alice.new', userPrincipalName: 'alice.new@corp.contoso.test' };

const cases: readonly Case[] = [
  {
    behaviour: 'a new user with a credential is created enabled, with the credential in the same write',
    change: changeOf({ version: 1 }),
    opened: opened(),
    operations: [`${newUser}; userAccountControl=${enabled}; ${identity}; ${names}; ${newSecrets(1)}`],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'a new user without a credential is created disabled',
    change: changeOf(),
    operations: [`${newUser}; userAccountControl=${disabled}; ${identity}; ${names}`],
    status: 'waitingForCredential',
    reason: /disabled until the credential arrives/,
  },
  {
    behaviour: 'a new user whose credential does not open is created disabled',
    change: changeOf({ version: 1 }),
    opened: { state: 'notOpenable', reason: 'another key' },
    operations: [`${newUser}; userAccountControl=${disabled}; ${identity}; ${names}`],
    status: 'notOpenable',
    reason: /^another key$/,
  },
  {
    behaviour: 'a new user who is disabled at the source is created disabled, with the credential',
    change: changeOf({ version: 1, user: { ...user, accountEnabled: false } }),
    opened: opened(),
    operations: [`${newUser}; userAccountControl=${disabled}; ${identity}; ${names}; ${newSecrets(1)}`],
    status: 'disabled',
    version: 1,
    reason: /disabled at the source/,
  },
  {
    behaviour: 'a credential without its user waits',
    change: changeOf({ version: 1, user: null }),
    operations: [],
    status: 'waitingForUser',
    reason: /user has not/,
  },
  {
    behaviour: 'a user that agrees is left alone',
    change: changeOf({ version: 1 }),
    present: present(managedUser()),
    operations: [],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'a newer credential replaces hash, keys, history, time and version in one write',
    change: changeOf({ version: 2 }),
    present: present(managedUser()),
    opened: opened(),
    operations: [`modify ${guid}: ${secrets(2)}`],
    status: 'applied',
    version: 2,
  },
  {
    behaviour: 'a newer credential unlocks a locked user',
    change: changeOf({ version: 2 }),
    present: present(managedUser({ locked: true })),
    opened: opened(),
    operations: [`modify ${guid}: ${secrets(2)}; lockoutTime=0`],
    status: 'applied',
    version: 2,
  },
  {
    behaviour: 'an older credential leaves the newer one, and the newer one is reported',
    change: changeOf({ version: 1 }),
    present: present(managedUser({ credentialVersion: version(5) })),
    operations: [],
    status: 'applied',
    version: 5,
  },
  {
    behaviour: 'a newer credential that does not open leaves the older one usable',
    change: changeOf({ version: 2 }),
    present: present(managedUser()),
    opened: { state: 'notOpenable', reason: 'altered' },
    operations: [],
    status: 'notOpenable',
    version: 1,
    reason: /^altered$/,
  },
  {
    behaviour: 'the first credential enables a user who waited for it',
    change: changeOf({ version: 1 }),
    present: present(managedUser({ credentialVersion: undefined, userAccountControl: disabled })),
    opened: opened(),
    operations: [`modify ${guid}: userAccountControl=${enabled}; ${secrets(1)}`],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'a user without a credential whom somebody enabled is disabled again',
    change: changeOf(),
    present: present(managedUser({ credentialVersion: undefined })),
    operations: [`modify ${guid}: userAccountControl=${disabled}`],
    status: 'waitingForCredential',
    reason: /disabled until/,
  },
  {
    behaviour: 'a user who was disabled at the source is disabled',
    change: changeOf({ version: 1, user: { ...user, accountEnabled: false } }),
    present: present(managedUser()),
    operations: [`modify ${guid}: userAccountControl=${disabled}`],
    status: 'disabled',
    version: 1,
    reason: /disabled at the source/,
  },
  {
    behaviour: 'settings that an administrator made stay, and what the DC computes is not written back',
    change: changeOf({ version: 1, user: { ...user, accountEnabled: false } }),
    // NOT_DELEGATED, LOCKOUT, PASSWORD_EXPIRED
    present: present(managedUser({ userAccountControl: enabled | 0x10_0000 | 0x10 | 0x80_0000 })),
    operations: [`modify ${guid}: userAccountControl=${disabled | 0x10_0000}`],
    status: 'disabled',
    version: 1,
    reason: /disabled at the source/,
  },
  {
    behaviour: 'attributes follow the source, and one that is gone is removed',
    change: changeOf({ version: 1, user: { ...user, surname: undefined, displayName: 'Alice', department: 'Sales' } }),
    present: present(managedUser()),
    operations: [`modify ${guid}: displayName=Alice; sn=; department=Sales`],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'an empty attribute is as one that is not there',
    change: changeOf({ version: 1, user: { ...user, mail: '' } }),
    present: present(managedUser()),
    operations: [],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: "address, phones, office, company and language follow under the managed domain's names",
    change: changeOf({ version: 1, user: { ...user, ...contact } }),
    present: present(managedUser({ followed: { ...managedUser().followed, mobile: '1' } })),
    operations: [
      `modify ${guid}: company=Contoso; employeeID=E-1; physicalDeliveryOfficeName=B 2.14; streetAddress=Domkloster 4; ` +
        'postalCode=50667; l=Köln; st=NRW; co=Germany; telephoneNumber=+49 221 1; mobile=; ' +
        'facsimileTelephoneNumber=+49 221 2; preferredLanguage=de-DE',
    ],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'a new name changes the account, and at last the object',
    change: changeOf({ version: 2, user: renamed }),
    present: present(managedUser()),
    opened: opened(),
    operations: [
      `modify ${guid}: sAMAccountName=alice.new; userPrincipalName=alice.new@corp.contoso.test; ${secrets(2)}`,
      `rename ${managedUser().dn} CN=alice.new`,
    ],
    status: 'applied',
    version: 2,
  },
  {
    behaviour: 'a user whose new name is taken keeps the old name and gets the new password',
    change: changeOf({ version: 2, user: renamed }),
    present: { ...present(managedUser()), nameOwners: [{ dn: 'CN=x', name: 'alice.new' }] },
    opened: opened(),
    operations: [`modify ${guid}: ${secrets(2)}`],
    status: 'refused',
    version: 2,
    reason: /alice\.new is taken in the managed domain by CN=x/,
  },
  {
    behaviour: 'a new user with the name of an account that is not ours is refused, and the account is not touched',
    change: changeOf({ version: 1, user: { ...user, accountName: 'Administrator' } }),
    present: { ...present(), nameOwners: [{ dn: 'CN=Administrator,CN=Users', name: 'Administrator' }] },
    opened: opened(),
    operations: [],
    status: 'refused',
    reason: /Administrator is taken in the managed domain by CN=Administrator,CN=Users/,
  },
  {
    behaviour: 'an account of the domain itself is not touched even where it names the anchor',
    change: changeOf({ version: 2 }),
    present: present(managedUser({ systemAccount: true })),
    opened: opened(),
    operations: [],
    status: 'refused',
    version: 1,
    reason: /account of the managed domain itself/,
  },
  {
    behaviour: 'a user that was deleted is deleted',
    change: changeOf({ version: 1, deleted: true }),
    present: present(managedUser()),
    operations: [`delete ${guid}`],
    status: 'deleted',
  },
  {
    behaviour: 'a user that was deleted, and is not there, is deleted',
    change: changeOf({ version: 1, deleted: true }),
    operations: [],
    status: 'deleted',
  },
  {
    behaviour: 'a deleted user whose name somebody else has, or is not allowed, is deleted all the same',
    change: changeOf({ deleted: true, user: { ...user, accountName: 'a/b' } }),
    present: { ...present(managedUser()), nameOwners: [{ dn: 'CN=x', name: 'a/b' }] },
    operations: [`delete ${guid}`],
    status: 'deleted',
  },
  {
    behaviour: 'an account of the domain itself is not deleted',
    change: changeOf({ version: 1, deleted: true }),
    present: present(managedUser({ systemAccount: true })),
    operations: [],
    status: 'refused',
    version: 1,
    reason: /account of the managed domain itself/,
  },
  {
    behaviour: 'of two users with one anchor none is deleted',
    change: changeOf({ version: 1, deleted: true }),
    present: present(managedUser(), managedUser({ dn: 'CN=copy' })),
    operations: [],
    status: 'refused',
    version: 1,
    reason: /CN=alice.* and CN=copy/,
  },
  {
    behaviour: 'a cloud-only user that was matched to a source gets its anchor and keeps its other identities',
    change: changeOf({ previousAnchor }),
    present: present(managedUser(cloudOnly)),
    operations: [`modify ${guid}: altSecurityIdentities=Kerberos:alice@ELSEWHERE|${identity.split('=')[1]}`],
    status: 'waitingForCredential',
    reason: /disabled until/,
  },
  {
    behaviour: 'a matched user gets anchor and credential in one write',
    change: changeOf({ previousAnchor, version: 1 }),
    present: present(managedUser({ ...cloudOnly, otherIdentities: [] })),
    opened: opened(),
    operations: [`modify ${guid}: ${identity}; userAccountControl=${enabled}; ${secrets(1)}`],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'a temporary password has to be changed, and may expire therefore',
    change: changeOf({ version: 2, mustChangePassword: true }),
    present: present(managedUser()),
    opened: opened(),
    operations: [`modify ${guid}: userAccountControl=${expiring}; ${temporary(2)}`],
    status: 'applied',
    version: 2,
  },
  {
    behaviour: 'a new user with a temporary password has to change it',
    change: changeOf({ version: 1, mustChangePassword: true }),
    opened: opened(),
    operations: [
      `${newUser}; userAccountControl=${expiring}; ${identity}; ${names}; ${temporary(1).replace('ntPwdHistory=; lmPwdHistory=; ', '')}`,
    ],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'a user who holds a temporary password, or has chosen another since, is left alone',
    change: changeOf({ version: 1, mustChangePassword: true }),
    present: present(managedUser({ userAccountControl: expiring })),
    operations: [],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'a password that is no longer temporary is written as a lasting one',
    change: changeOf({ version: 1 }),
    present: present(managedUser({ userAccountControl: expiring })),
    opened: opened(),
    operations: [`modify ${guid}: userAccountControl=${enabled}; ${secrets(1)}`],
    status: 'applied',
    version: 1,
  },
  {
    behaviour: 'two users with one anchor are both left alone',
    change: changeOf({ version: 2 }),
    present: present(managedUser(), managedUser({ dn: 'CN=copy' })),
    operations: [],
    status: 'refused',
    version: 1,
    reason: /CN=alice.* and CN=copy/,
  },
  ...['x'.repeat(21), 'a/b', 'a"b', 'alice.', 'alice$', 'a\u0007'].map((accountName) => ({
    behaviour: `the account name ${JSON.stringify(accountName)} is refused`,
    change: changeOf({ version: 1, user: { ...user, accountName } }),
    opened: opened(),
    operations: [],
    status: 'refused',
    reason: /account name .* (more than 20 characters|not allowed)/,
  })),
];

for (const one of cases) {
  test(one.behaviour, () => {
    const plan = planChange(one.change, one.present ?? present(), one.opened);
    assert.deepEqual(plan.operations.map(summarize), one.operations);
    assert.equal(plan.outcome.status, one.status);
    assert.equal(plan.outcome.version?.version, one.version);
    if (one.reason) assert.match(plan.outcome.reason ?? '', one.reason);
    else assert.equal(plan.outcome.reason, null);
  });
}

test('what a credential does not have is removed in the same write', () => {
  const credential = { unicodePwd: undefined, supplementalCredentials: undefined, passwordLastSet: 0n };
  const plan = planChange(changeOf({ version: 2 }), present(managedUser()), { state: 'opened', credential });
  assert.match(
    plan.operations.map(summarize).join(),
    /unicodePwd=; supplementalCredentials=; ntPwdHistory=; lmPwdHistory=; pwdLastSet=0; /,
  );
});

function held(number: number): ManagedUser[] {
  return [managedUser({ credentialVersion: version(number) })];
}

test('a credential is opened only where it is newer than the one that is held', () => {
  assert.equal(needsCredential(changeOf({ version: 2 }), held(1)), true);
  assert.equal(needsCredential(changeOf({ version: 2 }), held(2)), false);
  assert.equal(needsCredential(changeOf({ version: 2 }), held(3)), false);
  assert.equal(needsCredential(changeOf({ version: 2 }), []), true);
  assert.equal(needsCredential(changeOf({ version: 2 }), [managedUser({ credentialVersion: undefined })]), true);
  assert.equal(needsCredential(changeOf({ version: 2, user: null }), []), false);
  assert.equal(needsCredential(changeOf(), []), false);
  assert.equal(needsCredential(changeOf({ version: 2, deleted: true }), held(1)), false);
});

test('a credential that has become temporary, or is no longer, is opened again; an older one is not', () => {
  const temporary = [managedUser({ credentialVersion: version(2), userAccountControl: expiring })];
  assert.equal(needsCredential(changeOf({ version: 2, mustChangePassword: true }), held(2)), true);
  assert.equal(needsCredential(changeOf({ version: 2, mustChangePassword: true }), temporary), false);
  assert.equal(needsCredential(changeOf({ version: 2 }), temporary), true);
  assert.equal(needsCredential(changeOf({ version: 1, mustChangePassword: true }), held(2)), false);
});
