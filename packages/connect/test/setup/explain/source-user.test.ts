import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LdapEntry } from '@ad-protocols/ldap';
import { filterOfUser, sourceUserOf } from '../../../src/setup/explain/source-user.ts';

const at = { connector: 'corp.contoso.com', host: 'dc1' };

function entry(attributes: Record<string, (string | Uint8Array)[]>): LdapEntry {
  const bytes = Object.entries(attributes).map(
    ([name, values]) =>
      [name.toLowerCase(), values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value))] as const,
  );
  return { dn: 'CN=Alice', attributes: new Map(bytes) };
}

const guid = new Uint8Array(16).fill(1);
const consistency = new Uint8Array(16).fill(2);
const whole = {
  objectGUID: [guid],
  objectClass: ['top', 'person', 'user'],
  userAccountControl: ['512'],
  pwdLastSet: ['133500000000000000'],
};

const anchorOf = (value: Uint8Array) => sourceUserOf(entry({ ...whole, 'mS-DS-ConsistencyGuid': [value] }), at)?.anchor;

describe('a user at the source', () => {
  it('is read with when the password was set', () => {
    assert.deepEqual(sourceUserOf(entry(whole), at), {
      ...at,
      dn: 'CN=Alice',
      anchor: Buffer.from(guid).toString('base64'),
      objectClass: 'user',
      enabled: true,
      mustChange: false,
      passwordSetAt: '2024-01-17T21:20:00.000Z',
    });
  });

  it('has ms-DS-ConsistencyGuid as its anchor, if that is a GUID', () => {
    assert.equal(anchorOf(consistency), Buffer.from(consistency).toString('base64'));
    assert.equal(anchorOf(consistency.slice(1)), Buffer.from(guid).toString('base64'));
  });

  it('is disabled, or has to change the password, where it says so', () => {
    assert.equal(sourceUserOf(entry({ ...whole, userAccountControl: ['514'] }), at)?.enabled, false);
    for (const pwdLastSet of [['0'], [], ['-1'], ['garbage']]) {
      const user = sourceUserOf(entry({ ...whole, pwdLastSet }), at);
      assert.deepEqual([user?.mustChange, user?.passwordSetAt], [true, null]);
    }
  });

  it('survives the longest number, and is nobody without a GUID', () => {
    assert.ok(sourceUserOf(entry({ ...whole, pwdLastSet: ['9223372036854775807'] }), at)?.passwordSetAt);
    assert.equal(sourceUserOf(entry({ ...whole, objectGUID: [] }), at), undefined);
  });
});

describe('the filter that finds a user', () => {
  const table: readonly (readonly [string, RegExp])[] = [
    ['alice', /sAMAccountName=alice\)\(userPrincipalName=alice/],
    ['CORP\\alice', /sAMAccountName=alice\)/],
    ['alice@contoso.com', /userPrincipalName=alice@contoso\.com/],
    ['CN=Alice,DC=x', /distinguishedName=CN=Alice/],
    [Buffer.from(guid).toString('base64'), /objectGUID=/],
  ];
  for (const [user, expected] of table)
    it(`takes ${user}`, () => assert.match(filterOfUser(user).toString(), expected));

  it('takes what could be a filter as a name', () => {
    assert.doesNotMatch(filterOfUser('*)(objectClass=*').toString(), /\*\)\(objectClass/);
  });
});
