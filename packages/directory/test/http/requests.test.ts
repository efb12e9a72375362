import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { defaultTenantSettings, routes, type Route } from '@causeway/contract';
import { startInjected, type InjectedDirectory } from '../support/injected.ts';
import { base64, bodies, credential, expectError, largeBatch, outcome, pathOf } from '../support/requests.ts';
import {
  anchorOf,
  batchOf,
  groupEntry,
  keyId,
  membersEntry,
  objectBatch,
  range,
  userEntry,
  versionOf,
} from '../support/samples.ts';

describe('requests', () => {
  let directory: InjectedDirectory;
  before(async () => {
    directory = await startInjected();
    for (const [name, role] of [
      ['registerKey', 'domain'],
      ['sendObjects', 'connect'],
    ] as const) {
      const { method } = routes[name];
      const { status } = await directory.send({ method, url: pathOf(routes[name]), role, body: bodies[name] });
      assert.equal(status, 200);
    }
  });
  after(async () => directory.stop());

  const write = async (features: object) => {
    const settings = { ...defaultTenantSettings, features: { ...defaultTenantSettings.features, ...features } };
    return directory.send({ method: 'PUT', url: pathOf(routes.writeSettings), role: 'operator', body: settings });
  };

  const sendTemporary = async () =>
    directory.send({
      method: 'POST',
      url: pathOf(routes.sendCredentials),
      role: 'connect',
      body: credential({ mustChangePassword: true }),
    });

  const wrong: [string, keyof typeof routes, unknown, string][] = [
    ['an anchor of 15 bytes', 'sendCredentials', credential({ anchor: base64(15) }), 'body.credentials.0.anchor'],
    ['an anchor of 17 bytes', 'sendCredentials', credential({ anchor: base64(17) }), 'body.credentials.0.anchor'],
    [
      'an anchor with stray bits',
      'sendCredentials',
      credential({ anchor: 'AAAAAAAAAAAAAAAAAAAAAB==' }),
      'body.credentials.0.anchor',
    ],
    [
      'a sealed credential of 69 bytes',
      'sendCredentials',
      credential({ sealed: base64(69) }),
      'body.credentials.0.sealed',
    ],
    [
      'a sealed credential of 4,096 bytes',
      'sendCredentials',
      credential({ sealed: base64(4_096) }),
      'body.credentials.0.sealed',
    ],
    [
      'a sealed credential that is not base64',
      'sendCredentials',
      credential({ sealed: '*'.repeat(400) }),
      'body.credentials.0.sealed',
    ],
    ['a sealed credential to no key', 'sendCredentials', credential({ sealed: base64(200) }), 'credentials.0.sealed'],
    [
      'a version without time',
      'sendCredentials',
      credential({ version: { ...versionOf(1), changedAt: '' } }),
      'body.credentials.0.version.changedAt',
    ],
    [
      'a version on a day that is not',
      'sendCredentials',
      credential({ version: { ...versionOf(1), changedAt: '2026-02-30T00:00:00Z' } }),
      'body.credentials.0.version.changedAt',
    ],
    ['a public key of 31 bytes', 'registerKey', { publicKey: base64(31), keyId }, 'body.publicKey'],
    ['a public key of 33 bytes', 'registerKey', { publicKey: base64(33), keyId }, 'body.publicKey'],
    ['a key id of another key', 'registerKey', { publicKey: base64(32), keyId }, 'keyId'],
    [
      'a user without a name',
      'sendObjects',
      batchOf(null, 'o1', { users: [userEntry(1, { accountName: '' })] }),
      'body.users.0.user.accountName',
    ],
    [
      'a source that is no name',
      'sendObjects',
      batchOf(null, 'o1', { users: [userEntry(1, {}, '../x')] }),
      'body.users.0.source',
    ],
    [
      'a SID that is none',
      'sendObjects',
      batchOf(null, 'o1', { users: [userEntry(1, { onPremisesSecurityIdentifier: 'S-1-5-21-x' })] }),
      'body.users.0.user.onPremisesSecurityIdentifier',
    ],
    [
      '401 addresses',
      'sendObjects',
      batchOf(null, 'o1', { groups: [groupEntry(50, { proxyAddresses: Array.from({ length: 401 }, () => 'x') })] }),
      'body.groups.0.group.proxyAddresses',
    ],
    [
      'an anchor of a member of 15 bytes',
      'sendObjects',
      batchOf(null, 'o1', { members: [{ group: anchorOf(50), add: [base64(15)], remove: [] }] }),
      'body.members.0.add.0',
    ],
    [
      'a deletion of no type',
      'sendObjects',
      { ...batchOf(null, 'o1', {}), deletions: [{ anchor: anchorOf(1), type: 'contact' }] },
      'body.deletions.0.type',
    ],
    ['2,001 entries of several kinds', 'sendObjects', largeBatch(1_000, 1_001), 'body'],
    ['20,001 members', 'sendObjects', batchOf(null, 'o1', { members: [membersEntry(50, range(0, 20_001))] }), 'body'],
    [
      'a user that is deleted in the same batch',
      'sendObjects',
      batchOf(null, 'o1', { users: [userEntry(1)], deletions: [{ anchor: anchorOf(1), type: 'user' }] }),
      'body',
    ],
    [
      'members of a group twice',
      'sendObjects',
      batchOf(null, 'o1', { members: [membersEntry(50, [1]), membersEntry(50, [2])] }),
      'body',
    ],
    [
      'a temporary password that is none',
      'sendCredentials',
      credential({ mustChangePassword: false }),
      'body.credentials.0.mustChangePassword',
    ],
    [
      'a feature that there is not',
      'writeSettings',
      { ...defaultTenantSettings, features: { ...defaultTenantSettings.features, DeviceWriteback: true } },
      'body.features',
    ],
    [
      'a deletion threshold of 0',
      'writeSettings',
      { ...defaultTenantSettings, deletionThreshold: { enabled: true, value: 0 } },
      'body.deletionThreshold.value',
    ],
    [
      'a cycle of half a second',
      'writeSettings',
      { ...defaultTenantSettings, syncIntervalSeconds: 0.5 },
      'body.syncIntervalSeconds',
    ],
    ['a cloud-only user without a domain', 'writeCloudUser', { userPrincipalName: 'cloud' }, 'body.userPrincipalName'],
    ['an empty cursor', 'sendObjects', objectBatch(null, '', []), 'body.to'],
    ['an unknown outcome', 'sendOutcomes', { outcomes: [{ ...outcome, status: 'fine' }] }, 'body.outcomes.0.status'],
    ['2,001 outcomes', 'sendOutcomes', { outcomes: Array.from({ length: 2_001 }, () => outcome) }, 'body.outcomes'],
  ];
  for (const [what, name, body, path] of wrong) {
    test(`${what} is refused at its place, and not repeated in the answer`, async () => {
      const route: Route = routes[name];
      const answer = await directory.send({
        method: route.method,
        url: pathOf(route),
        role: route.roles?.[0] ?? 'connect',
        body,
      });
      const { fields } = expectError(answer, 'invalid_request');
      assert.equal(fields?.[0]?.path, path);
      assert.ok(!JSON.stringify(answer.body).includes('****'));
    });
  }

  test('queries of the feed that are out of range are refused', async () => {
    for (const query of [
      'after=-1',
      'after=x',
      `after=${2 ** 53}`,
      'limit=0',
      'limit=2001',
      'waitMs=55001',
      'more=1',
    ]) {
      const url = `/v1/tenants/contoso/changes?${query}`;
      expectError(await directory.send({ method: 'GET', url, role: 'domain' }), 'invalid_request');
    }
  });

  test('queries of objects and members that are out of range are refused', async () => {
    const members = `groups/${encodeURIComponent(anchorOf(50))}/members`;
    for (const query of [
      'objects?after=-1',
      'objects?limit=2001',
      'objects?waitMs=1',
      `${members}?after=x`,
      `${members}?limit=20001`,
      'groups/x/members',
    ]) {
      const answer = await directory.send({ method: 'GET', url: `/v1/tenants/contoso/${query}`, role: 'connect' });
      expectError(answer, 'invalid_request');
    }
    const url = `/v1/tenants/contoso/groups/${encodeURIComponent(anchorOf(1))}/members`;
    expectError(await directory.send({ method: 'GET', url, role: 'connect' }), 'group_unknown');
    const ahead = `/v1/tenants/contoso/objects?after=${Number.MAX_SAFE_INTEGER}`;
    expectError(await directory.send({ method: 'GET', url: ahead, role: 'connect' }), 'feed_position_unknown');
  });

  test('what the features of the tenant do not permit is refused', async () => {
    expectError(await write({ EnableSoftMatchOnUpn: false }), 'feature_irreversible');
    expectError(await sendTemporary(), 'temporary_password_refused');
    await write({ ForcePasswordChangeOnLogOn: true });
    assert.equal((await sendTemporary()).status, 200);
    await write({ PasswordHashSync: false });
    expectError(await sendTemporary(), 'password_sync_disabled');
    await write({});
  });
});
