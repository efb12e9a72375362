import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBer, octets, readElements, sequence } from '@ad-protocols/asn1';
import { bypassPasswordHashControl, encodeOperation, encodeSearch } from '../../src/ldap/messages.ts';
import { textAttribute } from '../../src/operation.ts';

/** The parts of an LDAPMessage: id, operation and, where there are any, controls. */
function partsOf(bytes: Uint8Array) {
  const [message] = readElements(bytes, 'LDAPMessage');
  assert.ok(message);
  return readElements(message.content, 'LDAPMessage');
}

test('a search has the bytes that RFC 4511 asks for', () => {
  const bytes = encodeSearch(2, {
    base: 'dc=x',
    scope: 'sub',
    filter: { anyOf: [{ attribute: 'cn', equals: 'a' }, { present: 'sn' }] },
    attributes: ['cn'],
  });
  const expected = [
    '302f020102', // LDAPMessage with id 2
    '632a', // SearchRequest
    '040464633d78', // base
    '0a0102', // the whole subtree
    '0a0100', // never dereference
    '020100020100', // no limits
    '010100', // values too
    'a10d', // or
    'a3070402636e040161', // equality
    '8702736e', // present
    '30040402636e',
  ];
  assert.equal(Buffer.from(bytes).toString('hex'), expected.join(''));
});

test('additions and modifications carry the bypass control as critical', () => {
  for (const operation of [
    { kind: 'add', dn: 'cn=a', attributes: [textAttribute('sn', 'b')] },
    { kind: 'modify', dn: 'cn=a', replace: [textAttribute('sn', 'b'), textAttribute('mail')] },
  ] as const) {
    const [, , controls] = partsOf(encodeOperation(3, operation));
    assert.equal(controls?.tag, 0xa0);
    const expected = encodeBer(sequence([octets(bypassPasswordHashControl), { tag: 1, content: Uint8Array.of(0xff) }]));
    assert.deepEqual(Buffer.from(controls.content), Buffer.from(expected));
  }
});

test('a renaming carries no control', () => {
  const parts = partsOf(encodeOperation(3, { kind: 'rename', dn: 'cn=a', rdn: 'cn=b' }));
  assert.equal(parts.length, 2);
  assert.equal(Buffer.from(parts[1]?.content ?? []).toString('latin1'), '\x04\x04cn=a\x04\x04cn=b\x01\x01ÿ');
});

test('a deletion is the name alone, without a control', () => {
  const parts = partsOf(encodeOperation(3, { kind: 'delete', dn: 'cn=a' }));
  assert.deepEqual(
    parts.map(({ tag }) => tag),
    [0x02, 0x4a],
  );
  assert.equal(text(parts[1]?.content), 'cn=a');
});

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

test('a modification replaces every attribute, and one without values removes it', () => {
  const replace = [textAttribute('sn', 'b'), { name: 'unicodePwd', values: [] }];
  const [, request] = partsOf(encodeOperation(3, { kind: 'modify', dn: 'cn=a', replace }));
  const [, changes] = readElements(request?.content ?? new Uint8Array(), 'ModifyRequest');
  const decoded = readElements(changes?.content ?? new Uint8Array(), 'changes').map(({ content }) => {
    const [kind, attribute] = readElements(content, 'change');
    const [name, values] = readElements(attribute?.content ?? new Uint8Array(), 'attribute');
    return [
      kind?.content[0],
      text(name?.content),
      ...readElements(values?.content ?? new Uint8Array(), 'values').map((v) => text(v.content)),
    ];
  });
  assert.deepEqual(decoded, [
    [2, 'sn', 'b'],
    [2, 'unicodePwd'],
  ]);
});
