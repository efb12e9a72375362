import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  decodeSecurityDescriptor,
  grantedControlAccessRights,
  parseGuid,
  replicationRights,
  type Guid,
  type Sid,
} from '@ad-protocols/wire';
import * as fc from 'fast-check';
import { encodeSecurityDescriptor, type TestEntry } from './security-descriptor-encoder.ts';

interface Vector {
  bytes: string;
  owner: string;
  group: string;
  entries: number;
  accounts: { name: string; sids: Sid[]; rights: Guid[] }[];
}

const vector = JSON.parse(readFileSync(new URL('security-descriptor.vectors.json', import.meta.url), 'utf8')) as Vector;
const real = Uint8Array.from(Buffer.from(vector.bytes, 'hex'));

const account = 'S-1-5-21-1-2-3-1105' as Sid;
const group = 'S-1-5-21-1-2-3-1200' as Sid;
const stranger = 'S-1-5-21-1-2-3-1300' as Sid;
const everyone = 'S-1-1-0' as Sid;
const { getChanges, getChangesAll, getChangesInFilteredSet } = replicationRights;
const allRights = Object.values(replicationRights);
const anotherClass = parseGuid('bf967aba-0de6-11d0-a285-00aa003049e2');

const [
  ALLOWED,
  DENIED,
  AUDIT,
  ALLOWED_OBJECT,
  DENIED_OBJECT,
  ALLOWED_CALLBACK,
  DENIED_CALLBACK,
  ALLOWED_CALLBACK_OBJECT,
] = [0, 1, 2, 5, 6, 9, 0x0a, 0x0b];
const CONTROL_ACCESS = 0x100;
const FULL_CONTROL = 0xf01ff;
const GENERIC_ALL = 0x1000_0000;
const [INHERITABLE, INHERIT_ONLY] = [0x02, 0x08];
const SELF_RELATIVE_WITH_DACL = 0x8004;

const allow = (objectType?: Guid, sid = account): TestEntry => ({
  type: ALLOWED_OBJECT,
  mask: CONTROL_ACCESS,
  sid,
  objectType,
});
const deny = (objectType?: Guid, sid = account): TestEntry => ({ ...allow(objectType, sid), type: DENIED_OBJECT });

describe('a descriptor of a real domain', () => {
  test('is read as another implementation reads it', () => {
    const { owner, group: primaryGroup, dacl } = decodeSecurityDescriptor(real);
    assert.deepEqual([owner, primaryGroup, dacl?.length], [vector.owner, vector.group, vector.entries]);
  });

  for (const { name, sids, rights } of vector.accounts) {
    test(`tells the rights of an ${name}`, () => {
      assert.deepEqual(
        [...grantedControlAccessRights(decodeSecurityDescriptor(real), new Set(sids), allRights)],
        rights,
      );
    });
  }

  test('cut anywhere, is refused or read as far as it matters', () => {
    const { dacl } = decodeSecurityDescriptor(real);
    let refused = 0;
    for (let length = 0; length < real.length; length += 1) {
      try {
        assert.deepEqual(decodeSecurityDescriptor(real.subarray(0, length)).dacl, dacl);
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, 'ERR_WIRE_TRUNCATED');
        refused += 1;
      }
    }
    assert.ok(refused > 100);
  });
});

const cases: readonly (readonly [what: string, dacl: readonly TestEntry[], granted: readonly Guid[]])[] = [
  ['an empty list grants nothing', [], []],
  ['a right of its own', [allow(getChanges)], [getChanges]],
  ['two rights of their own', [allow(getChanges), allow(getChangesAll)], [getChanges, getChangesAll]],
  ['every right, where the entry names none', [allow()], allRights],
  ['a right of a group', [allow(getChangesAll, group)], [getChangesAll]],
  ['a right of everybody', [allow(getChanges, everyone)], [getChanges]],
  ['no right of somebody else', [allow(getChanges, stranger)], []],
  ['full control', [{ type: ALLOWED, mask: FULL_CONTROL, sid: account }], allRights],
  ['generic full control', [{ type: ALLOWED, mask: GENERIC_ALL, sid: account }], allRights],
  [
    'read and write without control access',
    [{ type: ALLOWED, mask: FULL_CONTROL & ~CONTROL_ACCESS, sid: account }],
    [],
  ],
  ['a right that is for objects below only', [{ ...allow(getChanges), flags: INHERITABLE | INHERIT_ONLY }], []],
  ['a right for this object and those below', [{ ...allow(getChanges), flags: INHERITABLE }], [getChanges]],
  [
    'a right that another class inherits too',
    [{ ...allow(getChanges), inheritedObjectType: anotherClass }],
    [getChanges],
  ],
  ['denied first', [deny(getChanges), allow(getChanges), allow(getChangesAll)], [getChangesAll]],
  ['denied last, out of order: the first entry decides', [allow(getChanges), deny(getChanges)], [getChanges]],
  ['denied to a group', [deny(getChangesAll, group), allow()], [getChanges, getChangesInFilteredSet]],
  ['all denied', [deny(), allow(getChanges)], []],
  ['denied by a simple entry', [{ type: DENIED, mask: CONTROL_ACCESS, sid: everyone }, allow()], []],
  [
    'writing denied, which is another bit',
    [{ type: DENIED, mask: 0x20, sid: account }, allow(getChanges)],
    [getChanges],
  ],
  ['denied for objects below only', [{ ...deny(), flags: INHERIT_ONLY }, allow(getChanges)], [getChanges]],
  ['denied to somebody else', [deny(undefined, stranger), allow(getChanges)], [getChanges]],
  ['granted under a condition', [{ type: ALLOWED_CALLBACK, mask: CONTROL_ACCESS, sid: account }], []],
  ['granted for one right under a condition', [{ ...allow(getChanges), type: ALLOWED_CALLBACK_OBJECT }], []],
  ['denied under a condition', [{ type: DENIED_CALLBACK, mask: CONTROL_ACCESS, sid: account }, allow()], []],
  ['audited', [{ type: AUDIT, mask: CONTROL_ACCESS, sid: account }, allow(getChanges)], [getChanges]],
];

for (const [what, dacl, granted] of cases) {
  test(`rights: ${what}`, () => {
    const descriptor = decodeSecurityDescriptor(encodeSecurityDescriptor({ dacl, control: SELF_RELATIVE_WITH_DACL }));
    const sids = new Set([account, group, everyone]);
    assert.deepEqual([...grantedControlAccessRights(descriptor, sids, allRights)], granted);
  });
}

test('no list at all grants everything: absent, or present and null', () => {
  const none = [
    encodeSecurityDescriptor({ control: SELF_RELATIVE_WITH_DACL }),
    encodeSecurityDescriptor({ control: 0x8000, dacl: [deny()] }),
  ];
  for (const bytes of none) {
    const descriptor = decodeSecurityDescriptor(bytes);
    assert.equal(descriptor.dacl, undefined);
    assert.equal(grantedControlAccessRights(descriptor, new Set(), allRights).size, allRights.length);
  }
});

test('nothing is granted that was not asked for', () => {
  const descriptor = decodeSecurityDescriptor(real);
  assert.equal(grantedControlAccessRights(descriptor, new Set(vector.accounts[0]?.sids), []).size, 0);
});

describe('refused', () => {
  const good = encodeSecurityDescriptor({
    owner: account,
    group,
    dacl: [allow(getChanges)],
    control: SELF_RELATIVE_WITH_DACL,
  });
  const owner = 20;
  const acl = owner + 2 * 28;
  const entry = acl + 8;
  const malformed: readonly (readonly [what: string, offset: number, value: number])[] = [
    ['another revision', 0, 2],
    ['a form that is not self-relative', 3, 0x00],
    ['an owner that is no SID', owner, 2],
    ['a list of another revision', acl, 3],
    ['a list shorter than its header', acl + 2, 7],
    ['an entry shorter than its header', entry + 2, 3],
    ['an entry whose SID has too many parts', entry + 28 + 1, 16],
  ];
  for (const [what, offset, value] of malformed) {
    test(what, () => {
      assert.throws(() => decodeSecurityDescriptor(good.with(offset, value)), { code: 'ERR_WIRE_MALFORMED' });
    });
  }

  const cutShort: readonly (readonly [what: string, offset: number, value: number])[] = [
    ['an owner outside', 6, 0xff],
    ['a list outside', 18, 0xff],
    ['a list longer than all', acl + 3, 0xff],
    ['more entries than there are', acl + 4, 2],
    ['an entry longer than the list', entry + 2, 0xff],
    ['an entry shorter than its SID', entry + 2, 40],
  ];
  for (const [what, offset, value] of cutShort) {
    test(what, () => {
      assert.throws(() => decodeSecurityDescriptor(good.with(offset, value)), { code: 'ERR_WIRE_TRUNCATED' });
    });
  }
});

test('any change to a descriptor gives entries or a named error', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
      const bad = real.slice();
      for (const [offset, value] of changes) bad[offset] = value;
      try {
        decodeSecurityDescriptor(bad);
      } catch (error) {
        assert.match((error as { code: string }).code, /^ERR_WIRE_(TRUNCATED|MALFORMED)$/);
      }
    }),
    { numRuns: 500 },
  );
});
