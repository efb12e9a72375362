import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decideCredential, isOnlyPwdLastSet, isTemporary } from '../../src/passwords/credential-decision.ts';
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
  { what: 'a user with everything', attributes: userAttributes, whole: 'password', changes: 'password' },
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
    whole: 'noPassword',
    changes: 'readWhole',
  },
  { what: 'only a new name', attributes: { sAMAccountName }, whole: 'irrelevant', changes: 'readWhole' },
  { what: 'no attribute that matters', attributes: {}, whole: 'irrelevant', changes: 'irrelevant' },
  {
    what: 'a user without Kerberos keys',
    attributes: { unicodePwd, pwdLastSet, sAMAccountName, userAccountControl: 0x200 },
    whole: 'password',
    changes: 'readWhole',
  },
  {
    what: 'a user whose password was never set',
    attributes: { pwdLastSet, sAMAccountName, userAccountControl: 0x220 },
    whole: 'noPassword',
    changes: 'readWhole',
  },
  {
    what: 'a user whose password was cleared',
    attributes: { ...userAttributes, unicodePwd: null },
    whole: 'noPassword',
    changes: 'noPassword',
  },
  {
    what: 'a hash that is too short',
    attributes: { ...userAttributes, unicodePwd: new Uint8Array(15) },
    whole: 'noPassword',
    changes: 'noPassword',
  },
  {
    what: 'a user who must change the password',
    attributes: { ...userAttributes, pwdLastSet: 0n },
    whole: 'password',
    changes: 'password',
  },
  {
    what: 'a disabled user, whom the rules leave out',
    attributes: { ...userAttributes, userAccountControl: 0x202 },
    whole: 'password',
    changes: 'password',
  },
  {
    what: 'a password that has expired or never does',
    attributes: { ...userAttributes, userAccountControl: 0x81_0200 },
    whole: 'password',
    changes: 'password',
  },
  {
    what: 'a user who needs a smart card',
    attributes: { ...userAttributes, userAccountControl: 0x4_0200 },
    whole: 'password',
    changes: 'password',
  },
  {
    what: 'a computer',
    attributes: { ...userAttributes, sAMAccountName: 'PC1$', userAccountControl: 0x1000 },
    whole: 'irrelevant',
    changes: 'irrelevant',
  },
  {
    what: 'a domain controller whose password changed',
    attributes: { unicodePwd, supplementalCredentials, pwdLastSet, userAccountControl: 0x8_2000 },
    whole: 'irrelevant',
    changes: 'irrelevant',
  },
  {
    what: 'a trust account',
    attributes: { ...userAttributes, sAMAccountName: 'PEER$', userAccountControl: 0x820 },
    whole: 'irrelevant',
    changes: 'irrelevant',
  },
  {
    what: 'a deleted user',
    attributes: userAttributes,
    about: { isDeleted: true },
    whole: 'deleted',
    changes: 'deleted',
  },
];

suite('what a replicated object means for password hash sync', () => {
  for (const { what, attributes, about, whole, changes } of rows) {
    test(`${what}: ${whole} when whole, ${changes} when changed`, () => {
      const object = replicatedObject(attributes, about);
      assert.deepEqual(
        { whole: decideCredential(object, true).kind, changes: decideCredential(object, false).kind },
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
    assert.equal(decision.kind, 'password');
    assert.deepEqual(decision.credential.version, {
      version: 9,
      changedAt: '2026-11-22T18:52:35Z',
      originatingDsa: dsa,
    });
    assert.equal(decision.credential.passwordLastSet, pwdLastSet);
  });

  test('a password is temporary while pwdLastSet is 0 or was never set', () => {
    const temporary = [0n, null].map((value) =>
      decideCredential(replicatedObject({ ...userAttributes, pwdLastSet: value }), true),
    );
    assert.deepEqual(
      [...temporary, decideCredential(replicatedObject(userAttributes), true)].map(
        (decision) => decision.kind === 'password' && isTemporary(decision.credential),
      ),
      [true, true, false],
    );
  });

  test('pwdLastSet alone is told from pwdLastSet with others', () => {
    assert.equal(isOnlyPwdLastSet(replicatedObject({ pwdLastSet })), true);
    assert.equal(isOnlyPwdLastSet(replicatedObject({ pwdLastSet, unicodePwd })), false);
    assert.equal(isOnlyPwdLastSet(replicatedObject({})), false);
  });
});
