import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MalformedError, TruncatedError } from '@ad-protocols/wire';
import { encodeBer, integer, octets, readElements, sequence, tags } from '@ad-protocols/asn1';
import { bypassPasswordHashControl, decodeResponse, encodeOperation, encodeSearch } from '../../src/ldap/messages.ts';
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

const entry = encodeBer(
  sequence([
    integer(7),
    sequence(
      [
        octets('CN=é,DC=x'),
        sequence([
          sequence([octets('objectGUID'), sequence([octets(Uint8Array.of(0, 255))], tags.set)]),
          sequence([octets('sn'), sequence([octets('a'), octets('b')], tags.set)]),
        ]),
      ],
      0x64,
    ),
  ]),
);
const done = encodeBer(
  sequence([integer(7), sequence([integer(32, tags.enumerated), octets(''), octets('no such object')], 0x65)]),
);

test('an entry is read with attribute names in lower case and values as bytes', () => {
  const response = decodeResponse(entry);
  assert.ok('entry' in response);
  assert.equal(response.id, 7);
  assert.equal(response.entry.dn, 'CN=é,DC=x');
  assert.deepEqual([...(response.entry.attributes.get('objectguid')?.[0] ?? [])], [0, 255]);
  assert.equal(response.entry.attributes.get('sn')?.length, 2);
});

test('the end of a request is read with its code and the sentence of the server', () => {
  assert.deepEqual(decodeResponse(done), { id: 7, result: { code: 32, diagnostic: 'no such object' } });
});

test('a referral to another naming context has only its id', () => {
  const bytes = encodeBer(sequence([integer(7), sequence([octets('ldap://x')], 0x73)]));
  assert.deepEqual(decodeResponse(bytes), { id: 7 });
});

test('a message cut short at any place, or with bytes after its end, is named as such', () => {
  for (const bytes of [entry, done]) {
    for (let end = 0; end < bytes.length; end += 1) {
      assert.throws(() => decodeResponse(bytes.subarray(0, end)), TruncatedError);
    }
    assert.throws(() => decodeResponse(Uint8Array.of(...bytes, 0)), MalformedError);
  }
});
