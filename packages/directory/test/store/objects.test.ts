import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ObjectBatch, ObjectReceipt, TenantObject } from '@causeway/contract';
import { anchorOfObjectId, type OutcomeStatus } from '@causeway/model';
import type { DirectoryStore } from '../../src/store/directory-store.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { createFolder } from '../support/folder.ts';
import {
  anchorOf,
  batchOf,
  credentialBatch,
  digestOf,
  groupEntry,
  groupOf,
  keyId,
  membersEntry,
  publicKey,
  range,
  userEntry,
  userOf,
  versionOf,
} from '../support/samples.ts';

const tenant = 'contoso';
const at = '2026-11-22T18:41:00.000Z';
const dayMs = 86_400_000;
const days = (number: number): string => new Date(Date.parse(at) + number * dayMs).toISOString();

describe("a tenant's objects", () => {
  let store: DirectoryStore;
  let ids: number;
  beforeEach(async () => {
    store = await openSqliteStore(join(createFolder(), 'directory.sqlite'));
    await store.addTenants([tenant]);
    ids = 0;
  });
  afterEach(async () => store.close());

  /** Object ids 00000001-…, 00000002-… in the order of creation. */
  const idOf = (number: number): string => `${String(number).padStart(8, '0')}-0000-0000-0000-000000000000`;
  const send = async (entries: Partial<ObjectBatch>, time = at): Promise<ObjectReceipt> => {
    const origin = { tenant, at: time, createObjectId: () => idOf((ids += 1)) };
    return store.acceptObjects(origin, batchOf(null, 'o', entries));
  };
  const accept = async (entries: Partial<ObjectBatch>, time = at): Promise<void> => {
    assert.deepEqual((await send(entries, time)).refused, []);
  };
  const refusals = async (entries: Partial<ObjectBatch>): Promise<string[]> =>
    (await send(entries)).refused.map(({ code }) => code);
  const read = async (after = 0) => store.loadObjects(tenant, { after, limit: 2_000 });
  const find = async (anchor: string): Promise<TenantObject> =>
    (await read()).objects.find((object) => object.anchor === anchor) ?? assert.fail(anchor);
  const findGroup = async (anchor: string) => {
    const object = await find(anchor);
    assert.ok(object.type === 'group');
    return object;
  };
  const changeOf = async (anchor: string) =>
    (await store.loadChanges(tenant, { after: 0, limit: 2_000 })).changes.find((change) => change.anchor === anchor) ??
    assert.fail(anchor);
  const report = async (anchor: string, status: OutcomeStatus): Promise<void> => {
    const { sequence } = await changeOf(anchor);
    await store.saveOutcomes(tenant, [{ anchor, sequence, status, version: null, reason: null, at }]);
  };

  describe('of both types', () => {
    test('are read as they were sent, in the order of their changes', async () => {
      await accept({ users: [userEntry(1)], groups: [groupEntry(50)], members: [membersEntry(50, [1, 2])] });
      const { objects, next, more, total, objectCursor } = await read();
      const [{ sequence } = { sequence: 0 }] = objects;
      const common = { source: 'corp.contoso.test', cloudOnly: false, deleted: false };
      assert.deepEqual(objects, [
        {
          ...common,
          sequence,
          anchor: anchorOf(1),
          objectId: idOf(1),
          type: 'user',
          administrator: false,
          user: userOf(1),
        },
        {
          ...common,
          sequence: sequence + 1,
          anchor: anchorOf(50),
          objectId: idOf(2),
          type: 'group',
          group: groupOf(50),
          memberCount: 2,
          memberDigest: digestOf([1, 2]),
        },
      ]);
      assert.deepEqual([next, more, total, objectCursor], [sequence + 1, false, { users: 1, groups: 1 }, 'o']);
    });

    test('are read in pages', async () => {
      await accept({ users: Array.from(range(0, 25), (number) => userEntry(number)) });
      const anchors: string[] = [];
      let page = await store.loadObjects(tenant, { after: 0, limit: 10 });
      anchors.push(...page.objects.map(({ anchor }) => anchor));
      while (page.more) {
        page = await store.loadObjects(tenant, { after: page.next, limit: 10 });
        anchors.push(...page.objects.map(({ anchor }) => anchor));
      }
      assert.deepEqual(anchors, Array.from(range(0, 25), anchorOf));
    });

    test('sent again change nothing, whatever is in the batch', async () => {
      await accept({ users: [userEntry(9)], groups: [groupEntry(59)] });
      const batch = {
        users: [userEntry(1)],
        groups: [groupEntry(50)],
        members: [membersEntry(50, [1, 2], [3])],
        deletions: [
          { anchor: anchorOf(9), type: 'user' as const },
          { anchor: anchorOf(59), type: 'group' as const },
        ],
      };
      assert.deepEqual(await send(batch), { accepted: 5, unchanged: 0, refused: [] });
      const before = await read();
      assert.deepEqual(await send(batch), { accepted: 0, unchanged: 5, refused: [] });
      assert.deepEqual(await read(), before);
    });

    test('with their addresses in another order are the same', async () => {
      const proxyAddresses = ['SMTP:a@x', 'smtp:b@x'];
      await accept({ users: [userEntry(1, { proxyAddresses })], groups: [groupEntry(50, { proxyAddresses })] });
      const other = { proxyAddresses: proxyAddresses.toReversed() };
      const again = await send({ users: [userEntry(1, other)], groups: [groupEntry(50, other)] });
      assert.equal(again.unchanged, 2);
    });

    test('are not read again for a new credential, which the feed of users tells', async () => {
      await store.saveKey(tenant, { publicKey, keyId }, at);
      await accept({ users: [userEntry(1)] });
      const before = await read();
      await store.acceptCredentials({ tenant, source: 'corp', at }, credentialBatch(null, 'c1', [1]));
      assert.deepEqual(await read(), before);
      assert.ok((await changeOf(anchorOf(1))).sequence > before.next);
    });

    test('from another source of the same anchor are a change of the source', async () => {
      await accept({ users: [userEntry(1)] });
      await accept({ users: [userEntry(1, {}, 'emea')] });
      assert.equal((await find(anchorOf(1))).source, 'emea');
      assert.equal((await changeOf(anchorOf(1))).source, 'emea');
    });

    test('of the wrong type are refused one by one, and the others of the batch are kept', async () => {
      await accept({ users: [userEntry(1)], groups: [groupEntry(50)] });
      const receipt = await send({
        users: [{ ...userEntry(50), anchor: anchorOf(50) }, userEntry(2)],
        groups: [groupEntry(1), groupEntry(51)],
        members: [membersEntry(2, [1]), membersEntry(77, [1]), membersEntry(51, [1])],
        deletions: [{ anchor: anchorOf(3), type: 'user' }],
      });
      assert.deepEqual([receipt.accepted, receipt.unchanged], [3, 1]);
      assert.deepEqual(
        receipt.refused.map(({ anchor, code }) => [anchor, code]),
        [
          [anchorOf(50), 'ObjectTypeMismatch'],
          [anchorOf(1), 'ObjectTypeMismatch'],
          [anchorOf(2), 'ObjectTypeMismatch'],
          [anchorOf(77), 'GroupNotFound'],
        ],
      );
    });
  });

  describe('that are deleted', () => {
    test('stay in the recycle bin, in the feeds and out of the counts', async () => {
      await accept({ users: [userEntry(1)], groups: [groupEntry(50)], members: [membersEntry(50, [1])] });
      const { next } = await read();
      await accept({
        deletions: [
          { anchor: anchorOf(1), type: 'user' },
          { anchor: anchorOf(50), type: 'group' },
        ],
      });
      const { objects, total } = await read(next);
      assert.deepEqual(
        objects.map(({ anchor, deleted }) => [anchor, deleted]),
        [
          [anchorOf(1), true],
          [anchorOf(50), true],
        ],
      );
      assert.deepEqual(total, { users: 0, groups: 0 });
      const { users, groups, deleted } = await store.loadStatus(tenant);
      assert.deepEqual([users, groups, deleted], [0, 0, 2]);
      assert.equal((await changeOf(anchorOf(1))).deleted, true);
    });

    test('come back as the same users, with the newest credential of all that came meanwhile', async () => {
      await store.saveKey(tenant, { publicKey, keyId }, at);
      const origin = { tenant, source: 'corp', at };
      await accept({ users: [userEntry(1)] });
      await store.acceptCredentials(origin, credentialBatch(null, 'c1', [1], { version: versionOf(2) }));
      await accept({ deletions: [{ anchor: anchorOf(1), type: 'user' }] });
      await store.acceptCredentials(origin, credentialBatch('c1', 'c2', [1], { version: versionOf(3) }));
      await store.acceptCredentials(origin, credentialBatch('c2', 'c3', [1], { version: versionOf(1) }));
      await accept({ users: [userEntry(1, { displayName: 'Back' })] });
      const object = await find(anchorOf(1));
      assert.deepEqual([object.objectId, object.deleted], [idOf(1), false]);
      const { deleted, user, credential } = await changeOf(anchorOf(1));
      assert.deepEqual([deleted, user?.displayName, credential?.version], [false, 'Back', versionOf(3)]);
    });

    test('do not come back as groups: another without members takes the place', async () => {
      await accept({ groups: [groupEntry(50)], members: [membersEntry(50, [1, 2])] });
      await accept({ deletions: [{ anchor: anchorOf(50), type: 'group' }] });
      await accept({ groups: [groupEntry(50)] });
      const group = await findGroup(anchorOf(50));
      assert.deepEqual(
        [group.objectId, group.deleted, group.memberCount, group.memberDigest],
        [idOf(2), false, 0, digestOf([])],
      );
      const members = await store.loadMembers(tenant, { group: anchorOf(50), after: undefined, limit: 10 });
      assert.deepEqual(members, { members: [], more: false });
    });

    test('give their names free, in the same batch too', async () => {
      await accept({ users: [userEntry(1)] });
      const heir = { ...userEntry(1), anchor: anchorOf(2) };
      await accept({ users: [heir], deletions: [{ anchor: anchorOf(1), type: 'user' }] });
      assert.deepEqual(await refusals({ users: [userEntry(1)] }), ['AttributeValueMustBeUnique']);
      assert.equal((await find(anchorOf(1))).deleted, true);
    });

    test('are explained, but not by a name that somebody else has', async () => {
      await accept({ users: [userEntry(1)] });
      await accept({ deletions: [{ anchor: anchorOf(1), type: 'user' }] });
      assert.equal((await store.loadExplanations(tenant, 'user1'))[0]?.status, 'waitingForDomain');
      await report(anchorOf(1), 'deleted');
      const [explanation] = await store.loadExplanations(tenant, 'user1');
      assert.deepEqual([explanation?.status, explanation?.stages.deletedAt], ['deleted', at]);
      await accept({ users: [{ ...userEntry(1), anchor: anchorOf(2) }] });
      assert.deepEqual(
        (await store.loadExplanations(tenant, 'user1')).map(({ anchor }) => anchor),
        [anchorOf(2)],
      );
    });

    test('are forgotten after 30 days, and a reader from before reads everything', async () => {
      await accept({ users: [userEntry(1), userEntry(2)], groups: [groupEntry(50)] });
      const { next } = await read();
      await accept({
        deletions: [
          { anchor: anchorOf(1), type: 'user' },
          { anchor: anchorOf(50), type: 'group' },
        ],
      });
      const { next: after } = await read();
      await store.emptyRecycleBin({ tenant, at: days(29.9) });
      assert.equal((await read()).objects.length, 3);
      await store.emptyRecycleBin({ tenant, at: days(30) });
      assert.deepEqual(
        (await read()).objects.map(({ anchor }) => anchor),
        [anchorOf(2)],
      );
      await assert.rejects(read(next), { errorCode: 'feed_position_unknown' });
      assert.deepEqual((await read(after)).objects, []);
      await accept({ users: [userEntry(1)] }, days(31));
      assert.equal((await find(anchorOf(1))).objectId, idOf(4));
    });

    test('are kept until the managed domain, where there is one, has deleted them too', async () => {
      await store.saveKey(tenant, { publicKey, keyId }, at);
      await accept({ users: [userEntry(1)] });
      await report(anchorOf(1), 'applied');
      await accept({ deletions: [{ anchor: anchorOf(1), type: 'user' }] });
      for (const status of [undefined, 'refused', 'deleted'] as const) {
        if (status !== undefined) await report(anchorOf(1), status);
        await store.emptyRecycleBin({ tenant, at: days(60) });
        assert.equal((await read()).objects.length, status === 'deleted' ? 0 : 1, status);
      }
    });
  });

  describe('that are members', () => {
    const readMembers = async (group: number, limit = 1_000) => {
      const anchors: string[] = [];
      let page = await store.loadMembers(tenant, { group: anchorOf(group), after: undefined, limit });
      anchors.push(...page.members);
      while (page.more) {
        page = await store.loadMembers(tenant, { group: anchorOf(group), after: anchors.at(-1), limit });
        anchors.push(...page.members);
      }
      return anchors;
    };

    test('come and go by differences, and the digest follows', async () => {
      await accept({ groups: [groupEntry(50)], members: [membersEntry(50, range(0, 1_200))] });
      await accept({ members: [membersEntry(50, range(1_200, 1_300), range(0, 700))] });
      const { memberCount, memberDigest } = await findGroup(anchorOf(50));
      assert.deepEqual([memberCount, memberDigest], [600, digestOf(range(700, 1_300))]);
      assert.deepEqual(await readMembers(50, 100), Array.from(range(700, 1_300), anchorOf).toSorted());
    });

    test('in both lists stay members', async () => {
      await accept({ groups: [groupEntry(50)], members: [membersEntry(50, [1])] });
      await accept({ members: [membersEntry(50, [1], [1])] });
      assert.deepEqual(await readMembers(50), [anchorOf(1)]);
      assert.equal((await findGroup(anchorOf(50))).memberDigest, digestOf([1]));
    });

    test('named twice are members once', async () => {
      await accept({ groups: [groupEntry(50)], members: [membersEntry(50, [1, 2, 1], [])] });
      const { memberCount, memberDigest } = await findGroup(anchorOf(50));
      assert.deepEqual([memberCount, memberDigest], [2, digestOf([1, 2])]);
    });

    test('of several groups in a batch do not mix, and only changed groups are read again', async () => {
      await accept({ groups: [groupEntry(50), groupEntry(51), groupEntry(52)] });
      const { next } = await read();
      await accept({ members: [membersEntry(50, [1, 2]), membersEntry(51, [2, 3]), membersEntry(52, [], [1])] });
      assert.deepEqual(
        (await read(next)).objects.map((object) => [object.anchor, object.type === 'group' && object.memberDigest]),
        [
          [anchorOf(50), digestOf([1, 2])],
          [anchorOf(51), digestOf([2, 3])],
        ],
      );
    });

    test('stay while an attribute of the group changes, in the same batch too', async () => {
      await accept({ groups: [groupEntry(50)], members: [membersEntry(50, [1])] });
      await accept({ groups: [groupEntry(50, { description: 'new' })], members: [membersEntry(50, [2])] });
      const { group, memberCount } = await findGroup(anchorOf(50));
      assert.deepEqual([group.description, memberCount], ['new', 2]);
    });

    test('of no group are not read', async () => {
      await accept({ users: [userEntry(1)] });
      for (const group of [1, 2]) await assert.rejects(readMembers(group), { errorCode: 'group_unknown' });
    });

    test('are 50,000 of one group, confirmed by one digest', async () => {
      await accept({ groups: [groupEntry(50)] });
      for (let start = 0; start < 50_000; start += 20_000) {
        await accept({ members: [membersEntry(50, range(start, Math.min(start + 20_000, 50_000)))] });
      }
      const { memberCount, memberDigest } = await findGroup(anchorOf(50));
      assert.deepEqual([memberCount, memberDigest], [50_000, digestOf(range(0, 50_000))]);
      assert.equal(new Set(await readMembers(50, 20_000)).size, 50_000);
    });
  });

  describe('that are in the tenant only', () => {
    const objectId = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    const own = anchorOfObjectId(objectId);
    const origin = { tenant, at, objectId };
    const cloudUser = { userPrincipalName: 'User1@corp.contoso.test', administrator: false };
    const setFeature = async (feature: string): Promise<void> => {
      const settings = await store.loadSettings(tenant);
      await store.saveSettings(tenant, { ...settings, features: { ...settings.features, [feature]: true } });
    };

    test('are made, changed, deleted and restored by their object id', async () => {
      assert.deepEqual(await store.saveCloudUser(origin, cloudUser), { objectId, anchor: own, changed: true });
      assert.equal((await store.saveCloudUser(origin, cloudUser)).changed, false);
      const object = await find(own);
      assert.ok(object.type === 'user');
      assert.deepEqual([object.source, object.cloudOnly, object.user.accountName], [null, true, 'User1']);
      assert.equal((await changeOf(own)).source, null);
      assert.equal((await store.saveCloudUser(origin, { ...cloudUser, administrator: true })).changed, true);
      assert.equal((await store.deleteCloudUser(origin)).changed, true);
      assert.equal((await store.deleteCloudUser(origin)).changed, false);
      assert.equal((await find(own)).deleted, true);
      assert.equal((await store.saveCloudUser(origin, cloudUser)).changed, true);
      assert.equal((await find(own)).deleted, false);
    });

    test('that are not there, or have the name of another, are refused', async () => {
      await assert.rejects(store.deleteCloudUser(origin), { errorCode: 'user_unknown' });
      await accept({ users: [userEntry(1)] });
      await assert.rejects(store.saveCloudUser(origin, cloudUser), { errorCode: 'name_taken' });
    });

    test('are taken over by anchor, and are not the operator’s any more', async () => {
      await store.saveCloudUser(origin, cloudUser);
      await accept({ users: [{ ...userEntry(1), anchor: own }] });
      const object = await find(own);
      assert.deepEqual([object.objectId, object.cloudOnly], [objectId, false]);
      assert.equal((await changeOf(own)).previousAnchor, null);
      await assert.rejects(store.saveCloudUser(origin, cloudUser), { errorCode: 'not_cloud_only' });
      await assert.rejects(store.deleteCloudUser(origin), { errorCode: 'not_cloud_only' });
    });

    test('are matched by name, get the anchor of the source and a credential that was there before', async () => {
      await store.saveKey(tenant, { publicKey, keyId }, at);
      await store.saveCloudUser(origin, cloudUser);
      await report(own, 'waitingForCredential');
      await store.acceptCredentials({ tenant, source: 'corp', at }, credentialBatch(null, 'c1', [1]));
      await report(anchorOf(1), 'waitingForUser');
      await accept({ users: [userEntry(1)] });
      const { objects, total } = await read();
      assert.deepEqual(
        [objects.map(({ anchor, objectId: id, cloudOnly }) => [anchor, id, cloudOnly]), total],
        [[[anchorOf(1), objectId, false]], { users: 1, groups: 0 }],
      );
      const { changes } = await store.loadChanges(tenant, { after: 0, limit: 10 });
      assert.deepEqual(
        changes.map(({ anchor, previousAnchor, credential }) => [anchor, previousAnchor, credential?.version]),
        [[anchorOf(1), own, versionOf(1)]],
      );
      assert.equal((await store.loadExplanations(tenant, anchorOf(1)))[0]?.status, 'waitingForDomain');
      await assert.rejects(store.saveCloudUser(origin, cloudUser), { errorCode: 'not_cloud_only' });
      const again = await send({ users: [userEntry(1)] });
      assert.deepEqual([again.unchanged, (await changeOf(anchorOf(1))).previousAnchor], [1, own]);
    });

    test('are matched by primary address, whatever the letter case', async () => {
      await store.saveCloudUser(origin, { ...cloudUser, userPrincipalName: 'else@x', mail: 'ZOE@contoso.test' });
      await accept({ users: [userEntry(1, { proxyAddresses: ['smtp:b@x', 'SMTP:zoe@Contoso.test'] })] });
      assert.equal((await find(anchorOf(1))).objectId, objectId);
    });

    test('are matched to one of two users in a batch who claim the same', async () => {
      await store.saveCloudUser(origin, cloudUser);
      const twin = { ...userEntry(1, { mail: 'twin@x' }), anchor: anchorOf(2) };
      assert.deepEqual(await refusals({ users: [userEntry(1), twin] }), ['AttributeValueMustBeUnique']);
      assert.equal((await find(anchorOf(1))).objectId, objectId);
    });

    const blocked: [string, string | undefined, Partial<ObjectBatch>, boolean, string][] = [
      ['soft match where it is blocked', 'BlockSoftMatch', { users: [userEntry(1)] }, false, 'InvalidSoftMatch'],
      [
        'hard match where it is blocked',
        'BlockCloudObjectTakeoverThroughHardMatch',
        { users: [{ ...userEntry(1), anchor: own }] },
        false,
        'InvalidHardMatch',
      ],
      ['soft match to an administrator', undefined, { users: [userEntry(1)] }, true, 'ExistingAdminRoleConflict'],
      [
        'hard match to an administrator',
        undefined,
        { users: [{ ...userEntry(1), anchor: own }] },
        true,
        'ExistingAdminRoleConflict',
      ],
      [
        'deletion by the engine',
        undefined,
        { deletions: [{ anchor: own, type: 'user' }] },
        false,
        'DeletingCloudOnlyObjectNotAllowed',
      ],
    ];
    for (const [what, feature, entries, administrator, code] of blocked) {
      test(`are not changed by ${what}`, async () => {
        if (feature !== undefined) await setFeature(feature);
        await store.saveCloudUser(origin, { ...cloudUser, administrator });
        const before = await read();
        assert.deepEqual(await refusals(entries), [code]);
        assert.deepEqual({ ...(await read()), objectCursor: null }, { ...before, objectCursor: null });
      });
    }

    test('get no credential from a source', async () => {
      await store.saveKey(tenant, { publicKey, keyId }, at);
      await store.saveCloudUser(origin, cloudUser);
      const batch = credentialBatch(null, 'c1', [1, 2]);
      const [first, second] = batch.credentials;
      assert.ok(first && second);
      const mixed = { ...batch, credentials: [first, { ...second, anchor: own }] };
      await assert.rejects(store.acceptCredentials({ tenant, source: 'corp', at }, mixed), (error: Error) => {
        assert.match(JSON.stringify(error), /credentials\.1\.anchor/);
        return true;
      });
      assert.equal((await store.loadStatus(tenant)).credentials, 0);
    });
  });
});
