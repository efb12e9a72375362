import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPARTMENTS, makeUsers, REAL_PASSWORDS_MAX } from '@causeway/lab';
import { encodeClearPassword, formatAdd, formatReplace } from '../src/content/ldif.ts';
import { spellInAscii } from '../src/content/person-names.ts';
import { makeGroups } from '../src/content/users.ts';

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
