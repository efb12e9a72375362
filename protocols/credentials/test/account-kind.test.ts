import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountKindOf, type AccountFacts, type AccountKind } from '@ad-protocols/credentials';

const person = ['top', 'person', 'organizationalPerson', 'user'];
const machine = [...person, 'computer'];

const cases: readonly (readonly [what: string, kind: AccountKind | undefined, facts: AccountFacts])[] = [
  ['a user', 'user', { objectClass: person, userAccountControl: 0x200 }],
  ['a user of whom the class alone is known', 'user', { objectClass: person }],
  ['a disabled user', 'user', { objectClass: person, userAccountControl: 0x202, sAMAccountName: 'alice' }],
  ['an inetOrgPerson', 'inetOrgPerson', { objectClass: [...person, 'inetOrgPerson'], userAccountControl: 0x200 }],
  ['classes in capitals', 'inetOrgPerson', { objectClass: ['USER', 'INETORGPERSON'] }],
  ['a computer', 'computer', { objectClass: machine, userAccountControl: 0x1000, sAMAccountName: 'PC1$' }],
  ['a domain controller', 'computer', { objectClass: machine, userAccountControl: 0x82000 }],
  ['a computer by its class alone', 'computer', { objectClass: machine }],
  ['a computer by its type alone', 'computer', { objectClass: person, sAMAccountType: 0x30000001 }],
  ['a computer with the class of a user', 'computer', { objectClass: person, userAccountControl: 0x1000 }],
  [
    'a gMSA',
    'group-managed service account',
    { objectClass: [...machine, 'msDS-GroupManagedServiceAccount'], userAccountControl: 0x1000 },
  ],
  ['an sMSA', 'managed service account', { objectClass: [...machine, 'msDS-ManagedServiceAccount'] }],
  [
    'a dMSA',
    'delegated managed service account',
    { objectClass: [...machine, 'msDS-DelegatedManagedServiceAccount'], userAccountControl: 0x1000 },
  ],
  ['a trust', 'trust', { objectClass: person, userAccountControl: 0x820, sAMAccountName: 'OTHER$' }],
  ['a trust by its type alone', 'trust', { objectClass: person, sAMAccountType: 0x30000002 }],
  ['krbtgt', 'krbtgt', { objectClass: person, userAccountControl: 0x202, sAMAccountName: 'krbtgt' }],
  [
    'krbtgt of a read-only domain controller',
    'krbtgt',
    { objectClass: person, userAccountControl: 0x202, sAMAccountName: 'krbtgt_4711' },
  ],
  [
    'a person with a name like krbtgt',
    'user',
    { objectClass: person, userAccountControl: 0x200, sAMAccountName: 'krbtgt_4711' },
  ],
  [
    'a person whose name begins so',
    'user',
    { objectClass: person, userAccountControl: 0x202, sAMAccountName: 'krbtgt2' },
  ],
  ['a group', undefined, { objectClass: ['top', 'group'], sAMAccountType: 0x10000000 }],
  ['a contact', undefined, { objectClass: ['top', 'person', 'organizationalPerson', 'contact'] }],
  ['an inetOrgPerson of plain LDAP', undefined, { objectClass: ['top', 'person', 'inetOrgPerson'] }],
  ['nothing', undefined, { objectClass: [] }],
];

for (const [what, kind, facts] of cases) {
  test(`${what} is ${kind ?? 'no account'}`, () => {
    assert.equal(accountKindOf(facts), kind);
  });
}
