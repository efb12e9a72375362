import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeManagedUser, formatAnchorIdentity } from '../src/managed-user.ts';
import { anchor, managedUser, version } from './fixtures.ts';

const bytes = (...values: string[]) => values.map((value) => new TextEncoder().encode(value));

const guid = Uint8Array.from([
  0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55,
]);

const attributes = new Map([
  ['objectguid', [guid]],
  ['cn', bytes('alice')],
  ['samaccountname', bytes('alice')],
  ['userprincipalname', bytes('alice@corp.contoso.test')],
  ['useraccountcontrol', bytes('66048')],
  ['lockouttime', bytes('0')],
  ['altsecurityidentities', bytes('Kerberos:alice@ELSEWHERE', 'Causeway:03020100-0504-0706-0809-0a0b0c0d0e0f')],
  ['admindescription', bytes('1@2026-11-22T10:00:01Z@6ba7b810-9dad-11d1-80b4-00c04fd430c8')],
  ['displayname', bytes('Alice Ärlig')],
  ['sn', bytes('Ärlig')],
]);

test('a user is read with the anchor among other identities, and the version of the credential', () => {
  const expected = managedUser({ otherIdentities: ['Kerberos:alice@ELSEWHERE'] });
  assert.deepEqual(decodeManagedUser({ dn: managedUser().dn, attributes }), expected);
});

test('a user is locked when there is a time, and of the system when it says so', () => {
  const other = new Map([
    ...attributes,
    ['lockouttime', bytes('134398493417662360')],
    ['iscriticalsystemobject', bytes('TRUE')],
  ]);
  const user = decodeManagedUser({ dn: 'CN=x', attributes: other });
  assert.equal(user.locked, true);
  assert.equal(user.systemAccount, true);
});

test('a version that somebody overwrote is as none', () => {
  const other = new Map([...attributes, ['admindescription', bytes('my note')]]);
  assert.equal(decodeManagedUser({ dn: 'CN=x', attributes: other }).credentialVersion, undefined);
  assert.deepEqual(decodeManagedUser({ dn: 'CN=x', attributes }).credentialVersion, version(1));
});

test('an anchor is remembered as the GUID it is at the source', () => {
  assert.equal(formatAnchorIdentity(anchor), 'Causeway:03020100-0504-0706-0809-0a0b0c0d0e0f');
});
