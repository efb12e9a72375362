import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  DirectoryError,
  anchorSchema,
  credentialBatchSchema,
  credentialVersionSchema,
  errorCodes,
  formatErrorBody,
  groupSchema,
  objectBatchSchema,
  objectIdSchema,
  parseErrorBody,
  routes,
  sequenceSchema,
  sourceIdSchema,
  tenantIdSchema,
  userSchema,
} from '@causeway/contract';
import { z } from 'zod';

const version = {
  version: 3,
  changedAt: '2026-11-22T18:40:00Z',
  originatingDsa: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
};

test('bytes travel as base64 and come back the same, at every length that is permitted', () => {
  for (const length of [70, 71, 72, 300, 4_094, 4_095]) {
    const sealed = Uint8Array.from({ length }, (_, index) => index % 251);
    const batch = {
      from: null,
      to: 'c',
      keyId: '0123456789abcdef',
      credentials: [{ anchor: 'AAAAAAAAAAAAAAAAAAAAAA==', version, sealed }],
    };
    const wire: unknown = JSON.parse(JSON.stringify(z.encode(credentialBatchSchema, batch)));
    assert.deepEqual(credentialBatchSchema.parse(wire), batch);
  }
});

test('bytes of a view are those of the view', () => {
  const whole = new Uint8Array(200).fill(1);
  whole.fill(2, 50, 150);
  const batch = {
    from: null,
    to: 'c',
    keyId: '0123456789abcdef',
    credentials: [{ anchor: 'AAAAAAAAAAAAAAAAAAAAAA==', version, sealed: whole.subarray(50, 150) }],
  };
  const { credentials } = z.encode(credentialBatchSchema, batch);
  assert.equal(credentials[0]?.sealed, Buffer.alloc(100, 2).toString('base64'));
});

const leastUser = { accountName: 'x', userPrincipalName: 'x', accountEnabled: true };

const tables: [string, z.ZodType, unknown[], unknown[]][] = [
  [
    'a tenant',
    tenantIdSchema,
    ['contoso', 'contoso.test', 'a', 'a_b-1'],
    ['', 'Contoso', '.a', 'a.', 'a b', 'a/b', 'a'.repeat(254)],
  ],
  ['a source', sourceIdSchema, ['corp.contoso.test'], ['', '../x', 'corp contoso']],
  [
    'an anchor',
    anchorSchema,
    ['AAAAAAAAAAAAAAAAAAAAAQ==', '+/+/+/+/+/+/+/+/+/+/+w=='],
    ['AAAAAAAAAAAAAAAAAAAAAB==', 'AAAA', 'AAAAAAAAAAAAAAAAAAAAAAA=', ''],
  ],
  ['a place in the change feed', sequenceSchema, [0, 1, 1_795_377_602_327_999, 2 ** 53 - 1], [-1, 1.5, 2 ** 53, '1']],
  [
    'a credential version',
    credentialVersionSchema,
    [version, { ...version, version: 0xffff_ffff }],
    [
      { ...version, version: -1 },
      { ...version, version: 1.5 },
      { ...version, version: 0x1_0000_0000 },
      { ...version, changedAt: '2026-11-22T18:40:00.123Z' },
      { ...version, changedAt: '2026-11-22T18:40:00+01:00' },
      { ...version, changedAt: '2026-13-01T00:00:00Z' },
      { ...version, originatingDsa: version.originatingDsa.toUpperCase() },
      { ...version, more: 1 },
    ],
  ],
  [
    'a user',
    userSchema,
    [
      { accountName: 'zoë', userPrincipalName: 'zoe@x', accountEnabled: false, displayName: '' },
      { ...leastUser, proxyAddresses: [], manager: 'AAAAAAAAAAAAAAAAAAAAAA==' },
      { ...leastUser, onPremisesSecurityIdentifier: 'S-1-5-21-1004336348-1177238915-682003330-512' },
    ],
    [
      { accountName: '', userPrincipalName: 'x', accountEnabled: true },
      { accountName: 'x', userPrincipalName: 'x' },
      { accountName: 'x', userPrincipalName: 'x', accountEnabled: 'yes' },
      { accountName: 'x', userPrincipalName: 'x', accountEnabled: true, mail: 'x'.repeat(1_025) },
      { accountName: 'x', userPrincipalName: 'x', accountEnabled: true, unicodePwd: 'x' },
      { ...leastUser, proxyAddresses: 'SMTP:x@x' },
      { ...leastUser, proxyAddresses: ['x'.repeat(1_025)] },
      { ...leastUser, manager: 'CN=Boss' },
      { ...leastUser, onPremisesSecurityIdentifier: 'S-1' },
      { ...leastUser, onPremisesSecurityIdentifier: `S-1${'-1'.repeat(17)}` },
    ],
  ],
  [
    'a group',
    groupSchema,
    [{ accountName: 'x', displayName: 'x', securityEnabled: false, description: '', proxyAddresses: ['SMTP:x@x'] }],
    [
      { accountName: 'x', displayName: '', securityEnabled: true },
      { accountName: 'x', displayName: 'x' },
      { accountName: 'x', displayName: 'x', securityEnabled: true, member: [] },
    ],
  ],
  [
    'an object id',
    objectIdSchema,
    ['6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
    [
      '6BA7B810-9DAD-11D1-80B4-00C04FD430C8',
      '{6ba7b810-9dad-11d1-80b4-00c04fd430c8}',
      '6ba7b8109dad11d180b400c04fd430c8',
      '',
    ],
  ],
];
for (const [what, schema, good, bad] of tables) {
  describe(what, () => {
    for (const value of good)
      test(`${JSON.stringify(value)} is taken`, () => assert.ok(schema.safeParse(value).success));
    for (const value of bad) {
      test(`${JSON.stringify(value).slice(0, 120)} is refused`, () => assert.ok(!schema.safeParse(value).success));
    }
  });
}

test('a batch of objects comes back from the wire as it was', () => {
  const anchor = 'AAAAAAAAAAAAAAAAAAAAAA==';
  const batch = {
    from: null,
    to: 'o',
    users: [{ anchor, source: 'corp', user: { ...leastUser, proxyAddresses: ['SMTP:x@x'] } }],
    groups: [],
    members: [{ group: anchor, add: [anchor], remove: [] }],
    deletions: [{ anchor: 'AAAAAAAAAAAAAAAAAAAAAQ==', type: 'group' as const }],
  };
  const wire: unknown = JSON.parse(JSON.stringify(z.encode(objectBatchSchema, batch)));
  assert.deepEqual(objectBatchSchema.parse(wire), batch);
});

test('every error survives the way as a body', () => {
  for (const code of Object.keys(errorCodes) as (keyof typeof errorCodes)[]) {
    const details = {
      storedCursor: null,
      registeredKeyId: '0123456789abcdef',
      feedHead: 7,
      anchors: ['x'],
      fields: [{ path: 'a.b', problem: 'is wrong' }],
    };
    const sent = new DirectoryError(code, { details, cause: new Error('stays inside') });
    const body: unknown = JSON.parse(JSON.stringify(formatErrorBody(sent, 'r-1')));
    assert.ok(!JSON.stringify(body).includes('stays inside'));
    const received = parseErrorBody(body, 'The directory at X') ?? assert.fail();
    assert.deepEqual(
      [received.code, received.status, received.disposition, received.details, received.requestId],
      [sent.code, sent.status, sent.disposition, details, 'r-1'],
    );
    assert.match(received.message, /^The directory at X: .* a\.b: is wrong\. \(request r-1\)$/);
  }
  assert.equal(parseErrorBody({ code: 'constructor', message: '', nextStep: '', requestId: '' }, ''), undefined);
});

test('every address is named once, and everyone who sends is asked who it is', () => {
  const addresses = Object.values(routes).map(({ method, path }) => `${method} ${path}`);
  assert.equal(new Set(addresses).size, addresses.length);
  for (const [name, route] of Object.entries(routes)) assert.equal('roles' in route, name !== 'readHealth', name);
});
