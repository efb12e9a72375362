import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  connectorOf,
  DEPARTMENTS,
  forestsOf,
  makeUsers,
  REAL_PASSWORDS_MAX,
  type BranchTrait,
  type LabGroup,
  type LabUser,
} from '@causeway/lab';
import { makeBranch } from '../src/content/branches.ts';
import { encodeClearPassword, formatAdd, formatReplace } from '../src/content/ldif.ts';
import { spellInAscii } from '../src/content/person-names.ts';
import { makeCompanyGroups, makeGroups } from '../src/content/users.ts';

test('user number i is the same whatever the number of users', () => {
  assert.deepEqual(makeUsers(3000).slice(0, 300), makeUsers(300));
});

test('names that must be unique are, in 10,000 users', () => {
  const users = makeUsers(10_000);
  for (const key of ['accountName', 'userPrincipalName', 'dn'] as const) {
    assert.equal(new Set(users.map((user) => user[key].normalize('NFKD').toLowerCase())).size, users.length, key);
  }
});

test('account names fit, UPN and mail are ASCII, and other names come in several scripts', () => {
  const users = makeUsers(2000);
  for (const user of users) {
    assert.ok(user.accountName.length <= 20, user.accountName);
    assert.match(user.userPrincipalName, /^[a-z0-9.-]+@contoso\.test$/);
    assert.equal(user.mail, user.userPrincipalName);
  }
  for (const script of ['Latin', 'Greek', 'Cyrillic', 'Han', 'Hangul']) {
    const letters = new RegExp(`\\p{Script=${script}}`, 'u');
    assert.ok(
      users.some((user) => letters.test(user.displayName)),
      script,
    );
  }
  const nonAscii = users.filter((user) => /[^ -~]/.test(user.accountName));
  assert.ok(nonAscii.length > 20 && nonAscii.length < 200);
});

test('the first 200 users have different passwords, some long, some with spaces or non-ASCII letters', () => {
  const passwords = makeUsers(300).flatMap((user) => user.password ?? []);
  assert.equal(new Set(passwords).size, REAL_PASSWORDS_MAX);
  assert.ok(passwords.some((password) => password.length > 90));
  assert.ok(passwords.some((password) => password.includes(' ')));
  assert.ok(passwords.some((password) => /\p{Script=Cyrillic}/u.test(password)));
  assert.ok(passwords.some((password) => /[\u{10000}-\u{10FFFF}]/u.test(password)));
});

test('every user is in one department group, and all departments in one group', () => {
  const users = makeUsers(500);
  const groups = makeGroups(users);
  const departments = groups.slice(0, DEPARTMENTS.length);
  assert.deepEqual(departments.flatMap((group) => group.memberDns).sort(), users.map((user) => user.dn).sort());
  assert.deepEqual(
    groups[DEPARTMENTS.length]?.memberDns,
    departments.map((group) => group.dn),
  );
});

test('names are spelled in ASCII', () => {
  assert.deepEqual(['Groß', 'Þórsdóttir', 'Łęcki', 'Щербаков', 'Yılmaz', "O'Brien"].map(spellInAscii), [
    'gross',
    'thorsdottir',
    'lecki',
    'shcherbakov',
    'yilmaz',
    'obrien',
  ]);
});

test('LDIF has text as it is where RFC 2849 allows that, and base64 elsewhere', () => {
  assert.equal(
    formatAdd('CN=Jörg,DC=x', [
      ['sn', 'plain text'],
      ['cn', [' leading', ':colon', 'trailing ', 'a: b']],
      ['bytes', new Uint8Array([0, 255])],
    ]),
    'dn:: Q049SsO2cmcsREM9eA==\nchangetype: add\nsn: plain text\ncn:: IGxlYWRpbmc=\ncn:: OmNvbG9u\n' +
      'cn:: dHJhaWxpbmcg\ncn: a: b\nbytes:: AP8=\n\n',
  );
  assert.equal(
    formatReplace('DC=x', [
      ['a', '1'],
      ['b', '2'],
    ]),
    'dn: DC=x\nchangetype: modify\nreplace: a\na: 1\n-\nreplace: b\nb: 2\n\n',
  );
  assert.deepEqual([...encodeClearPassword('é')], [0x22, 0, 0xe9, 0, 0x22, 0]);
});

/** The members of a group that are groups. */
function nestedIn({ memberDns }: LabGroup): string[] {
  return memberDns.filter((dn) => /^CN=Group \d+ Group,/.test(dn));
}

describe('groups of a company', () => {
  test('sizes have a long tail and an average of about 20', () => {
    const sizes = [...makeCompanyGroups(makeUsers(3000), 2000)].map(({ memberDns }) => memberDns.length);
    const average = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    assert.ok(average > 12 && average < 28, String(average));
    assert.ok(sizes.filter((size) => size < 10).length > sizes.length / 2);
    assert.ok(sizes.some((size) => size > 300));
    assert.ok(sizes.every((size) => size > 0));
  });

  test('some have groups in them, at most four deep, and those come before them', () => {
    const depths = new Map<string, number>();
    for (const group of makeCompanyGroups(makeUsers(500), 1000)) {
      const depth = Math.max(0, ...nestedIn(group).map((dn) => (depths.get(dn) ?? Number.NaN) + 1));
      assert.ok(depth <= 4, `${group.dn}: ${depth}`);
      depths.set(group.dn, depth);
    }
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].filter((depth) => [...depths.values()].includes(depth)),
      [0, 1, 2, 3, 4],
    );
  });

  test('one of 50,000 users is there from 60,000 users on, and no member is in a group twice', () => {
    const [user] = makeUsers(1);
    assert.ok(user);
    const crowd = (count: number): LabUser[] => Array.from({ length: count }, (_, at) => ({ ...user, dn: `CN=${at}` }));
    const first = (users: number): readonly string[] => [...makeCompanyGroups(crowd(users), 1)][0]?.memberDns ?? [];
    assert.equal(new Set(first(60_000)).size, 50_000);
    assert.ok(first(59_999).length <= 5000);
  });
});

describe('small domains', () => {
  for (const [dc, count] of [
    ['emea-dc1', 40],
    ['fabrikam-dc1', 60],
  ] as const) {
    test(`${dc}: names are unique, account names fit, and every unusual user is there`, () => {
      const { users, groups, units } = makeBranch(dc);
      assert.equal(users.length, count);
      for (const key of ['accountName', 'userPrincipalName', 'dn'] as const) {
        assert.equal(new Set(users.map((user) => user[key].toLowerCase())).size, count, key);
      }
      assert.ok(users.every(({ accountName }) => accountName.length <= 20));
      assert.ok(users.filter(({ trait }) => trait === 'long-name').every(({ displayName }) => displayName.length > 40));
      const traits = new Set(users.map(({ trait }) => trait));
      for (const trait of [
        'inetOrgPerson',
        'disabled',
        'must-change',
        'long-name',
        'non-ASCII',
        'system',
        'excluded',
      ]) {
        assert.ok(traits.has(trait as BranchTrait), trait);
      }
      assert.ok(users.some(({ consistencyGuid }) => consistencyGuid?.length === 16));
      assert.ok(users.every(({ dn }) => units.some((unit) => dn.endsWith(`,${unit}`))));
      assert.ok(groups.some(({ memberDns }) => memberDns.length === 0));
    });
  }

  test('ten persons of fabrikam.test are persons of corp.contoso.test by their mail address', () => {
    const corp = makeUsers(10).map(({ mail }) => mail);
    const shared = makeBranch('fabrikam-dc1').users.filter(({ trait }) => trait === 'shared');
    assert.deepEqual(
      shared.map(({ mail }) => mail),
      corp,
    );
  });
});

test('a lab’s connectors have every domain of a forest and every domain controller', () => {
  const present = ['corp-dc1', 'managed-dc1', 'corp-dc2', 'emea-dc1', 'fabrikam-dc1'] as const;
  assert.deepEqual(forestsOf(present), ['corp.contoso.test', 'fabrikam.test']);
  assert.deepEqual(connectorOf('corp.contoso.test', present).domains, [
    {
      name: 'corp.contoso.test',
      domainControllers: ['corp-dc1.corp.contoso.test', 'corp-dc2.corp.contoso.test'],
    },
    { name: 'emea.corp.contoso.test', domainControllers: ['emea-dc1.emea.corp.contoso.test'] },
  ]);
  assert.equal(connectorOf('corp.contoso.test', present).ldap.tls, 'sasl');
  assert.equal(connectorOf('corp.contoso.test', ['corp-dc1']).ldap.tls, 'starttls');
});
