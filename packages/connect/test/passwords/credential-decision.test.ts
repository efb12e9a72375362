import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decideCredential, isUserInScope, type CredentialDecision } from '../../src/passwords/credential-decision.ts';
import { dsa, replicatedObject, userAttributes, type Attributes } from './replicated-object.ts';

interface Row {
  readonly what: string;
  readonly attributes: Attributes;
  readonly about?: Parameters<typeof replicatedObject>[1];
  /** Decision for a whole object, then for one of which these attributes alone have changed. */
  readonly whole: string;
  readonly changes: string;
}

const { unicodePwd, supplementalCredentials, pwdLastSet, sAMAccountName } = userAttributes;

const rows: Row[] = [
  { what: 'a user with everything', attributes: userAttributes, whole: 'carry', changes: 'carry' },
  {
    what: 'a password change',
    attributes: { unicodePwd, supplementalCredentials, pwdLastSet },
    whole: 'irrelevant',
    changes: 'readWhole',
  },
  { what: 'only pwdLastSet', attributes: { pwdLastSet }, whole: 'irrelevant', changes: 'readWhole' },
  {
    what: 'only userAccountControl',
    attributes: { userAccountControl: 0x200 },
    whole: 'has no sAMAccountName',
    changes: 'readWhole',
  },
  { what: 'only a new name', attributes: { sAMAccountName }, whole: 'irrelevant', changes: 'readWhole' },
  { what: 'no attribute that matters', attributes: {}, whole: 'irrelevant', changes: 'irrelevant' },
  {
    what: 'a user without Kerberos keys',
    attributes: { unicodePwd, pwdLastSet, sAMAccountName, userAccountControl: 0x200 },
    whole: 'carry',
    changes: 'readWhole',
  },
  {
    what: 'a user whose password was never set',
    attributes: { pwdLastSet, sAMAccountName, userAccountControl: 0x220 },
    whole: 'has no password',
    changes: 'readWhole',
  },
  {
    what: 'a user whose password was cleared',
    attributes: { ...userAttributes, unicodePwd: null },
    whole: 'has no password',
    changes: 'has no password',
  },
  {
    what: 'a user who must change the password (FilteredByTarget)',
    attributes: { ...userAttributes, pwdLastSet: 0n },
    whole: 'must change the password at next logon',
    changes: 'must change the password at next logon',
  },
  {
    what: 'a disabled user',
    attributes: { ...userAttributes, userAccountControl: 0x202 },
    whole: 'is disabled',
    changes: 'is disabled',
  },
  {
    what: 'a password that never expires',
    attributes: { ...userAttributes, userAccountControl: 0x1_0200 },
    whole: 'carry',
    changes: 'carry',
  },
  {
    what: 'a computer',
    attributes: { ...userAttributes, sAMAccountName: 'PC1$', userAccountControl: 0x1000 },
    whole: 'is not an ordinary user account',
    changes: 'is not an ordinary user account',
  },
  {
    what: 'a domain controller whose password changed',
    attributes: { unicodePwd, supplementalCredentials, pwdLastSet, userAccountControl: 0x8_2000 },
    whole: 'is not an ordinary user account',
    changes: 'is not an ordinary user account',
  },
  {
    what: 'a trust account',
    attributes: { ...userAttributes, sAMAccountName: 'PEER$', userAccountControl: 0x820 },
    whole: 'is not an ordinary user account',
    changes: 'is not an ordinary user account',
  },
  {
    what: 'krbtgt, renamed',
    attributes: { ...userAttributes, sAMAccountName: 'somebody' },
    about: { rid: 502 },
    whole: 'is a built-in account',
    changes: 'is a built-in account',
  },
  {
    what: 'krbtgt of a read-only domain controller',
    attributes: { ...userAttributes, sAMAccountName: 'krbtgt_4711' },
    whole: 'is a built-in account',
    changes: 'is a built-in account',
  },
  {
    what: 'Administrator',
    attributes: { ...userAttributes, sAMAccountName: 'Administrator' },
    about: { rid: 500 },
    whole: 'is a built-in account',
    changes: 'is a built-in account',
  },
  {
    what: 'a deleted user',
    attributes: userAttributes,
    about: { isDeleted: true },
    whole: 'irrelevant',
    changes: 'irrelevant',
  },
  {
    what: 'the loser of a replication conflict',
    attributes: userAttributes,
    about: { dn: 'CN=Alice\\0ACNF:ba1cf274-2a8b-4ae1-a65a-cd798ec81c98,DC=corp,DC=contoso,DC=test' },
    whole: 'is a replication conflict',
    changes: 'is a replication conflict',
  },
];

function inScope(attributes: Attributes): boolean {
  return isUserInScope(decideCredential(replicatedObject(attributes), true));
}

function summary(decision: CredentialDecision): string {
  return decision.kind === 'skip' ? decision.reason : decision.kind;
}

suite('what a replicated object means for password hash sync', () => {
  for (const { what, attributes, about, whole, changes } of rows) {
    test(`${what}: ${whole} when whole, ${changes} when changed`, () => {
      const object = replicatedObject(attributes, about);
      assert.deepEqual(
        { whole: summary(decideCredential(object, true)), changes: summary(decideCredential(object, false)) },
        { whole, changes },
      );
    });
  }

  test('the version is that of unicodePwd and no other attribute', () => {
    const object = replicatedObject(userAttributes, { version: 9 });
    const attributes = new Map(object.attributes);
    const flags = attributes.get('userAccountControl');
    assert.ok(flags);
    attributes.set('userAccountControl', { ...flags, metadata: { ...flags.metadata, version: 50 } });
    const decision = decideCredential({ ...object, attributes }, true);
    assert.equal(decision.kind, 'carry');
    assert.deepEqual(decision.credential.version, {
      version: 9,
      changedAt: '2026-11-22T18:52:35Z',
      originatingDsa: dsa,
    });
    assert.equal(decision.credential.passwordLastSet, pwdLastSet);
  });

  test('users whose password is held back count as users, excluded accounts do not', () => {
    assert.equal(inScope(userAttributes), true);
    assert.equal(inScope({ ...userAttributes, userAccountControl: 0x202 }), true);
    assert.equal(inScope({ ...userAttributes, sAMAccountName: 'krbtgt' }), false);
    assert.equal(inScope({}), false);
  });
});
