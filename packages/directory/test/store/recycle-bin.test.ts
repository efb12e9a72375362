import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import {
  anchorOf,
  credentialBatch,
  digestOf,
  groupEntry,
  keyId,
  membersEntry,
  publicKey,
  userEntry,
  versionOf,
} from '../support/samples.ts';
import { at, idOf, tenant, TenantStore } from '../support/tenant-store.ts';

const days = (number: number): string => new Date(Date.parse(at) + number * 86_400_000).toISOString();

describe('objects that are deleted', () => {
  let contoso: TenantStore;
  beforeEach(async () => {
    contoso = await TenantStore.open();
  });
  afterEach(async () => contoso[Symbol.asyncDispose]());

  test('stay in the recycle bin, in the feeds and out of the counts', async () => {
    await contoso.accept({ users: [userEntry(1)], groups: [groupEntry(50)], members: [membersEntry(50, [1])] });
    const { next } = await contoso.read();
    await contoso.accept({
      deletions: [
        { anchor: anchorOf(1), type: 'user' },
        { anchor: anchorOf(50), type: 'group' },
      ],
    });
    const { objects, total } = await contoso.read(next);
    assert.deepEqual(
      objects.map(({ anchor, deleted }) => [anchor, deleted]),
      [
        [anchorOf(1), true],
        [anchorOf(50), true],
      ],
    );
    assert.deepEqual(total, { users: 0, groups: 0 });
    const { users, groups, deleted } = await contoso.store.loadStatus(tenant);
    assert.deepEqual([users, groups, deleted], [0, 0, 2]);
    assert.equal((await contoso.changeOf(anchorOf(1))).deleted, true);
  });

  test('come back as the same users, with the newest credential of all that came meanwhile', async () => {
    await contoso.store.saveKey(tenant, { publicKey, keyId }, at);
    const origin = { tenant, source: 'corp', at };
    await contoso.accept({ users: [userEntry(1)] });
    await contoso.store.acceptCredentials(origin, credentialBatch(null, 'c1', [1], { version: versionOf(2) }));
    await contoso.accept({ deletions: [{ anchor: anchorOf(1), type: 'user' }] });
    await contoso.store.acceptCredentials(origin, credentialBatch('c1', 'c2', [1], { version: versionOf(3) }));
    await contoso.store.acceptCredentials(origin, credentialBatch('c2', 'c3', [1], { version: versionOf(1) }));
    await contoso.accept({ users: [userEntry(1, { displayName: 'Back' })] });
    const object = await contoso.find(anchorOf(1));
    assert.deepEqual([object.objectId, object.deleted], [idOf(1), false]);
    const { deleted, user, credential } = await contoso.changeOf(anchorOf(1));
    assert.deepEqual([deleted, user?.displayName, credential?.version], [false, 'Back', versionOf(3)]);
  });

  test('do not come back as groups: another without members takes the place', async () => {
    await contoso.accept({ groups: [groupEntry(50)], members: [membersEntry(50, [1, 2])] });
    await contoso.accept({ deletions: [{ anchor: anchorOf(50), type: 'group' }] });
    await contoso.accept({ groups: [groupEntry(50)] });
    const group = await contoso.findGroup(50);
    assert.deepEqual(
      [group.objectId, group.deleted, group.memberCount, group.memberDigest],
      [idOf(2), false, 0, digestOf([])],
    );
    const members = await contoso.members(50);
    assert.deepEqual(members, { members: [], more: false });
  });

  test('give their names free, in the same batch too', async () => {
    await contoso.accept({ users: [userEntry(1)] });
    const heir = { ...userEntry(1), anchor: anchorOf(2) };
    await contoso.accept({ users: [heir], deletions: [{ anchor: anchorOf(1), type: 'user' }] });
    assert.deepEqual(await contoso.refusals({ users: [userEntry(1)] }), ['AttributeValueMustBeUnique']);
    assert.equal((await contoso.find(anchorOf(1))).deleted, true);
  });

  test('are explained, but not by a name that somebody else has', async () => {
    await contoso.accept({ users: [userEntry(1)] });
    await contoso.accept({ deletions: [{ anchor: anchorOf(1), type: 'user' }] });
    assert.equal((await contoso.store.loadExplanations(tenant, 'user1'))[0]?.status, 'waitingForDomain');
    await contoso.report(anchorOf(1), 'deleted');
    const [explanation] = await contoso.store.loadExplanations(tenant, 'user1');
    assert.deepEqual([explanation?.status, explanation?.stages.deletedAt], ['deleted', at]);
    await contoso.accept({ users: [{ ...userEntry(1), anchor: anchorOf(2) }] });
    assert.deepEqual(
      (await contoso.store.loadExplanations(tenant, 'user1')).map(({ anchor }) => anchor),
      [anchorOf(2)],
    );
  });

  test('are forgotten after 30 days, and a reader from before reads everything', async () => {
    await contoso.accept({ users: [userEntry(1), userEntry(2)], groups: [groupEntry(50)] });
    const { next } = await contoso.read();
    await contoso.accept({
      deletions: [
        { anchor: anchorOf(1), type: 'user' },
        { anchor: anchorOf(50), type: 'group' },
      ],
    });
    const { next: after } = await contoso.read();
    await contoso.store.emptyRecycleBin({ tenant, at: days(29.9) });
    assert.equal((await contoso.read()).objects.length, 3);
    await contoso.store.emptyRecycleBin({ tenant, at: days(30) });
    assert.deepEqual(
      (await contoso.read()).objects.map(({ anchor }) => anchor),
      [anchorOf(2)],
    );
    await assert.rejects(contoso.read(next), { errorCode: 'feed_position_unknown' });
    assert.deepEqual((await contoso.read(after)).objects, []);
    await contoso.accept({ users: [userEntry(1)] }, days(31));
    assert.equal((await contoso.find(anchorOf(1))).objectId, idOf(4));
  });

  test('that are forgotten do not send a reader who has read everything since back to the beginning', async () => {
    await contoso.accept({ users: [userEntry(1), userEntry(2)] });
    await contoso.accept({ deletions: [{ anchor: anchorOf(2), type: 'user' }] });
    await contoso.store.emptyRecycleBin({ tenant, at: days(30) });
    const { next, objects } = await contoso.read(0);
    assert.deepEqual(
      objects.map(({ anchor }) => anchor),
      [anchorOf(1)],
    );
    assert.deepEqual((await contoso.read(next)).objects, []);
  });

  test('are kept until the managed domain, where there is one, has deleted them too', async () => {
    await contoso.store.saveKey(tenant, { publicKey, keyId }, at);
    await contoso.accept({ users: [userEntry(1)] });
    await contoso.report(anchorOf(1), 'applied');
    await contoso.accept({ deletions: [{ anchor: anchorOf(1), type: 'user' }] });
    for (const status of [undefined, 'refused', 'deleted'] as const) {
      if (status !== undefined) await contoso.report(anchorOf(1), status);
      await contoso.store.emptyRecycleBin({ tenant, at: days(60) });
      assert.equal((await contoso.read()).objects.length, status === 'deleted' ? 0 : 1, status);
    }
  });
});
