import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LdapEntry } from '@ad-protocols/ldap';
import { encodeSid, parseGuid, type Sid } from '@ad-protocols/wire';
import { anchorOf, mapUser } from '../../src/objects/user-mapping.ts';

/** The 16 wire bytes of 6ba7b810-9dad-11d1-80b4-00c04fd430c8. */
const wire = Buffer.from('10b8a76bad9dd11180b400c04fd430c8', 'hex');

type Attributes = Record<string, string | string[] | Buffer>;

function entry({ dn = 'CN=Zoë Ångström,OU=Staff,DC=corp,DC=contoso,DC=test', ...more }: Attributes = {}): LdapEntry {
  const attributes: Attributes = {
    objectGUID: wire,
    objectSid: Buffer.from(encodeSid('S-1-5-21-1-2-3-1105' as Sid)),
    sAMAccountName: 'zoe',
    userAccountControl: '512',
    ...more,
  };
  const values = Object.entries(attributes).map(
    ([name, value]) => [name.toLowerCase(), [value].flat().map((one) => Buffer.from(one))] as const,
  );
  return { dn: String(dn), attributes: new Map(values) };
}

suite('mapping an entry of the forest to a user', () => {
  test('every attribute arrives under its name in the tenant', () => {
    const mapped = mapUser(
      entry({
        userPrincipalName: 'zoe.angstrom@contoso.com',
        displayName: 'Zoë Ångström',
        givenName: 'Zoë',
        sn: 'Ångström',
        mail: 'zoe@contoso.com',
        department: 'Forschung & Entwicklung',
        title: '研究員',
      }),
      'corp.contoso.test',
    );
    assert.deepEqual(mapped, {
      kind: 'user',
      anchor: 'ELina62d0RGAtADAT9QwyA==',
      user: {
        accountName: 'zoe',
        userPrincipalName: 'zoe.angstrom@contoso.com',
        displayName: 'Zoë Ångström',
        givenName: 'Zoë',
        surname: 'Ångström',
        mail: 'zoe@contoso.com',
        department: 'Forschung & Entwicklung',
        jobTitle: '研究員',
        accountEnabled: true,
      },
    });
  });

  test('both ways to an anchor agree: from LDAP bytes and from a replicated GUID', () => {
    const mapped = mapUser(entry(), 'corp.contoso.test');
    assert.equal(mapped.kind === 'user' && mapped.anchor, anchorOf(parseGuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8')));
  });

  test('a user without userPrincipalName has the one that AD implies', () => {
    const mapped = mapUser(entry(), 'corp.contoso.test');
    assert.equal(mapped.kind === 'user' && mapped.user.userPrincipalName, 'zoe@corp.contoso.test');
  });

  test('attributes without a value are left out, whether absent or empty', () => {
    const mapped = mapUser(entry({ displayName: [], mail: '' }), 'corp.contoso.test');
    assert.deepEqual(mapped.kind === 'user' && JSON.parse(JSON.stringify(mapped.user)), {
      accountName: 'zoe',
      userPrincipalName: 'zoe@corp.contoso.test',
      accountEnabled: true,
    });
  });

  test('names of attributes do not depend on letter case', () => {
    const mapped = mapUser(entry({ SN: 'Berg', Title: 'Boss' }), 'corp.contoso.test');
    assert.deepEqual(mapped.kind === 'user' && [mapped.user.surname, mapped.user.jobTitle], ['Berg', 'Boss']);
  });

  test('ACCOUNTDISABLE makes a disabled user, other flags do not', () => {
    for (const [control, enabled] of [
      ['512', true],
      ['514', false],
      ['66048', true],
      ['66050', false],
      ['8389120', true],
    ] as const) {
      const mapped = mapUser(entry({ userAccountControl: control }), 'corp.contoso.test');
      assert.equal(mapped.kind === 'user' && mapped.user.accountEnabled, enabled, control);
    }
  });
});

suite('accounts that object sync leaves out', () => {
  const rows: [string, Attributes, string][] = [
    ['isCriticalSystemObject', { isCriticalSystemObject: 'TRUE' }, 'is a built-in account'],
    ['Administrator, renamed', { objectSid: sid(500), sAMAccountName: 'boss' }, 'is a built-in account'],
    ['Guest', { objectSid: sid(501), sAMAccountName: 'Guest' }, 'is a built-in account'],
    ['krbtgt', { objectSid: sid(502), sAMAccountName: 'krbtgt' }, 'is a built-in account'],
    ['krbtgt of a read-only DC', { sAMAccountName: 'krbtgt_12345' }, 'is a built-in account'],
    ['no sAMAccountName', { sAMAccountName: [] }, 'has no sAMAccountName'],
    ['AAD_', { sAMAccountName: 'AAD_1a2b3c' }, 'is a system account'],
    ['MSOL_', { sAMAccountName: 'msol_1a2b3c' }, 'is a system account'],
    ['SUPPORT_388945a0', { sAMAccountName: 'SUPPORT_388945a0' }, 'is a system account'],
    ['CAS_…}', { sAMAccountName: 'CAS_{1234}' }, 'is a system account'],
    ['SystemMailbox', { mailNickname: 'SystemMailbox{1f05a927}' }, 'is a system account'],
    ['an arbitration mailbox', { msExchRecipientTypeDetails: '8388608' }, 'is a system account'],
    ['a workstation', { userAccountControl: '4096' }, 'is not an ordinary user account'],
    ['a trust', { userAccountControl: '2080' }, 'is not an ordinary user account'],
    ['a replication conflict', { dn: 'CN=Zoë\\0ACNF:6ba7b810,DC=test' }, 'is a replication conflict'],
    ['an unreadable userAccountControl', { userAccountControl: [] }, 'cannot be read completely'],
    ['an unreadable objectGUID', { objectGUID: [] }, 'cannot be read completely'],
  ];
  for (const [what, attributes, reason] of rows) {
    test(`${what}: ${reason}`, () => {
      assert.deepEqual(mapUser(entry(attributes), 'corp.contoso.test'), { kind: 'excluded', reason });
    });
  }

  test('names and mailboxes that only look like those are users', () => {
    for (const attributes of [
      { sAMAccountName: 'CAS_anna' },
      { sAMAccountName: 'aada' },
      { sAMAccountName: 'krbtgts' },
      { msExchRecipientTypeDetails: '1' },
      { isCriticalSystemObject: 'FALSE' },
    ]) {
      assert.equal(mapUser(entry(attributes), 'corp.contoso.test').kind, 'user', JSON.stringify(attributes));
    }
  });
});

function sid(relativeId: number): Buffer {
  return Buffer.from(encodeSid(`S-1-5-21-1-2-3-${relativeId}` as Sid));
}
