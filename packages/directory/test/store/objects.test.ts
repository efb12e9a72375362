import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import {
  anchorOf,
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
} from '../support/samples.ts';
import { at, idOf, tenant, TenantStore } from '../support/tenant-store.ts';

describe('objects of both types', () => {
  let contoso: TenantStore;
  beforeEach(async () => {
    contoso = await TenantStore.open();
  });
  afterEach(async () => contoso[Symbol.asyncDispose]());

  test('are read as they were sent, in the order of their changes', async () => {
    await contoso.accept({ users: [userEntry(1)], groups: [groupEntry(50)], members: [membersEntry(50, [1, 2])] });
    const { objects, next, more, total, objectCursor } = await contoso.read();
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
    await contoso.accept({ users: Array.from(range(0, 25), (number) => userEntry(number)) });
    const anchors: string[] = [];
    let page = await contoso.store.loadObjects(tenant, { after: 0, limit: 10 });
    anchors.push(...page.objects.map(({ anchor }) => anchor));
    while (page.more) {
      page = await contoso.store.loadObjects(tenant, { after: page.next, limit: 10 });
      anchors.push(...page.objects.map(({ anchor }) => anchor));
    }
    assert.deepEqual(anchors, Array.from(range(0, 25), anchorOf));
  });

  test('sent again change nothing, whatever is in the batch', async () => {
    await contoso.accept({ users: [userEntry(9)], groups: [groupEntry(59)] });
    const batch = {
      users: [userEntry(1)],
      groups: [groupEntry(50)],
      members: [membersEntry(50, [1, 2], [3])],
      deletions: [
        { anchor: anchorOf(9), type: 'user' as const },
        { anchor: anchorOf(59), type: 'group' as const },
      ],
    };
    assert.deepEqual(await contoso.send(batch), { accepted: 5, unchanged: 0, refused: [] });
    const before = await contoso.read();
    assert.deepEqual(await contoso.send(batch), { accepted: 0, unchanged: 5, refused: [] });
    assert.deepEqual(await contoso.read(), before);
  });

  test('with their addresses in another order are the same', async () => {
    const proxyAddresses = ['SMTP:a@x', 'smtp:b@x'];
    await contoso.accept({ users: [userEntry(1, { proxyAddresses })], groups: [groupEntry(50, { proxyAddresses })] });
    const other = { proxyAddresses: proxyAddresses.toReversed() };
    const again = await contoso.send({ users: [userEntry(1, other)], groups: [groupEntry(50, other)] });
    assert.equal(again.unchanged, 2);
  });

  test('are not read again for a new credential, which the feed of users tells', async () => {
    await contoso.store.saveKey(tenant, { publicKey, keyId }, at);
    await contoso.accept({ users: [userEntry(1)] });
    const before = await contoso.read();
    await contoso.store.acceptCredentials({ tenant, source: 'corp', at }, credentialBatch(null, 'c1', [1]));
    assert.deepEqual(await contoso.read(), before);
    assert.ok((await contoso.changeOf(anchorOf(1))).sequence > before.next);
  });

  test('from another source of the same anchor are a change of the source', async () => {
    await contoso.accept({ users: [userEntry(1)] });
    await contoso.accept({ users: [userEntry(1, {}, 'emea')] });
    assert.equal((await contoso.find(anchorOf(1))).source, 'emea');
    assert.equal((await contoso.changeOf(anchorOf(1))).source, 'emea');
  });

  test('of the wrong type are refused one by one, and the others of the batch are kept', async () => {
    await contoso.accept({ users: [userEntry(1)], groups: [groupEntry(50)] });
    const receipt = await contoso.send({
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
