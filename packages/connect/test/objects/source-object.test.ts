import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LdapEntry } from '@ad-protocols/ldap';
import { encodeGuid, parseGuid } from '@ad-protocols/wire';
import { plainName, toSourceChange } from '../../src/objects/source-object.ts';

const guid = parseGuid('6f9619ff-8b86-d011-b42d-00c04fc964ff');
const member = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const other = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const names = new Map(
  ['sAMAccountName', 'cn', 'objectSid', 'mS-DS-ConsistencyGuid', 'isDeleted'].map((name) => [name.toLowerCase(), name]),
);
const userClasses = ['top', 'person', 'organizationalPerson', 'user'];

const bytes = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? Buffer.from(value) : value);

function entry(attributes: Record<string, readonly (string | Uint8Array)[]>, dn = 'CN=Alice,DC=corp'): LdapEntry {
  const all = { objectguid: [encodeGuid(guid)], ...attributes };
  return { dn, attributes: new Map(Object.entries(all).map(([name, values]) => [name, values.map(bytes)])) };
}
const extended = (id: string): string => `<GUID=${id}>;<SID=01>;CN=Somebody,DC=corp`;
const change = (attributes: Parameters<typeof entry>[0], whole = false) =>
  toSourceChange(entry(attributes), { names, whole });

describe('an entry of a forest', () => {
  const types = [
    [userClasses, 'user'],
    [[...userClasses, 'inetOrgPerson'], 'inetOrgPerson'],
    [['top', 'GROUP'], 'group'],
    [['top', 'foreignSecurityPrincipal'], 'foreignSecurityPrincipal'],
    [['top', 'organizationalUnit'], 'container'],
    [['top', 'domain', 'domainDNS'], 'container'],
  ] as const;
  for (const [classes, type] of types) {
    it(`of ${classes.at(-1)} is a whole ${type}, since DirSync gives the classes of new objects alone`, () => {
      const found = change({ objectclass: classes });
      assert.equal(found?.type, type);
      assert.equal(found.whole, true);
    });
  }

  it('of a computer, or of a class without a part in this, is nothing', () => {
    assert.equal(change({ objectclass: [...userClasses, 'computer'] }), undefined);
    assert.equal(change({ objectclass: ['top', 'printQueue'] }), undefined);
  });

  it('that was deleted is a deletion, whatever its class', () => {
    assert.equal(change({ objectclass: ['top', 'printQueue'], isdeleted: ['TRUE'] })?.deleted, true);
    assert.equal(change({ isdeleted: ['TRUE'] })?.deleted, true);
  });

  it('without classes is a part of an object that is known', () => {
    const found = change({ samaccountname: ['alice'] });
    assert.deepEqual([found?.type, found?.whole, found?.attributes], [undefined, false, { sAMAccountName: ['alice'] }]);
    assert.equal(change({ samaccountname: ['alice'] }, true)?.whole, true);
  });

  it('without a GUID of 16 bytes is nothing', () => {
    for (const length of [0, 1, 15, 17, 100_000])
      assert.equal(change({ objectguid: [new Uint8Array(length)] }), undefined);
    assert.equal(toSourceChange({ dn: '', attributes: new Map() }, { names, whole: true }), undefined);
  });

  it('has the attributes of the rules as they spell them, and its name as cn', () => {
    const found = change({ samaccountname: ['alice'], name: ['Alice Ärcher'], homephone: ['1'] });
    assert.deepEqual(found?.attributes, { sAMAccountName: ['alice'], cn: ['Alice Ärcher'] });
  });

  it('has bytes in base64, a SID as text, and a SID that is none as nothing that equals another', () => {
    const sid = Buffer.from('010500000000000515000000010000000200000003000000f4010000', 'hex');
    const found = change({ 'ms-ds-consistencyguid': [new Uint8Array(3)], objectsid: [sid] });
    assert.deepEqual(found?.attributes, { 'mS-DS-ConsistencyGuid': ['AAAA'], objectSid: ['S-1-5-21-1-2-3-500'] });
    assert.deepEqual(change({ objectsid: [new Uint8Array(5)] })?.attributes, { objectSid: [''] });
  });

  it('has an attribute without values where it was removed', () => {
    assert.deepEqual(change({ samaccountname: [] })?.attributes, { sAMAccountName: [] });
  });

  it('has members whole, or those that came and went, by their GUIDs', () => {
    const whole = change({ member: [extended(member.toUpperCase()), 'CN=without a GUID'] });
    assert.deepEqual(whole?.links, { member: { replace: true, add: [member], remove: [] } });
    const parts = change({ 'member;range=1-1': [extended(member)], 'member;range=0-0': [extended(other)] });
    assert.deepEqual(parts?.links, { member: { replace: false, add: [member], remove: [other] } });
    assert.deepEqual(change({})?.links, {});
  });
});

describe('a distinguished name with what the extended-DN control puts before it', () => {
  const rows = [
    [`<GUID=${member}>;<SID=0105>;CN=A,DC=corp`, 'CN=A,DC=corp'],
    [`<GUID=${member}>;CN=A,DC=corp`, 'CN=A,DC=corp'],
    ['CN=A,DC=corp', 'CN=A,DC=corp'],
    ['', ''],
  ] as const;
  for (const [text, plain] of rows) it(`is plain again: ${text}`, () => assert.equal(plainName(text), plain));
});
