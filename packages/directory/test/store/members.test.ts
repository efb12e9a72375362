import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { anchorOf, digestOf, groupEntry, membersEntry, range, userEntry } from '../support/samples.ts';
import { TenantStore } from '../support/tenant-store.ts';

describe('members', () => {
  let contoso: TenantStore;
  beforeEach(async () => {
    contoso = await TenantStore.open();
  });
  afterEach(async () => contoso[Symbol.asyncDispose]());

  const readMembers = async (group: number, limit = 1_000): Promise<string[]> => {
    const anchors: string[] = [];
    let page = await contoso.members(group, { limit });
    anchors.push(...page.members);
    while (page.more) {
      page = await contoso.members(group, { limit, after: anchors.at(-1) ?? '' });
      anchors.push(...page.members);
    }
    return anchors;
  };

  test('come and go by differences, and the digest follows', async () => {
    await contoso.accept({ groups: [groupEntry(50)], members: [membersEntry(50, range(0, 1_200))] });
    await contoso.accept({ members: [membersEntry(50, range(1_200, 1_300), range(0, 700))] });
    const { memberCount, memberDigest } = await contoso.findGroup(50);
    assert.deepEqual([memberCount, memberDigest], [600, digestOf(range(700, 1_300))]);
    assert.deepEqual(await readMembers(50, 100), Array.from(range(700, 1_300), anchorOf).toSorted());
  });

  test('in both lists stay members', async () => {
    await contoso.accept({ groups: [groupEntry(50)], members: [membersEntry(50, [1])] });
    await contoso.accept({ members: [membersEntry(50, [1], [1])] });
    assert.deepEqual(await readMembers(50), [anchorOf(1)]);
    assert.equal((await contoso.findGroup(50)).memberDigest, digestOf([1]));
  });

  test('named twice are members once', async () => {
    await contoso.accept({ groups: [groupEntry(50)], members: [membersEntry(50, [1, 2, 1], [])] });
    const { memberCount, memberDigest } = await contoso.findGroup(50);
    assert.deepEqual([memberCount, memberDigest], [2, digestOf([1, 2])]);
  });

  test('of several groups in a batch do not mix, and only changed groups are read again', async () => {
    await contoso.accept({ groups: [groupEntry(50), groupEntry(51), groupEntry(52)] });
    const { next } = await contoso.read();
    await contoso.accept({ members: [membersEntry(50, [1, 2]), membersEntry(51, [2, 3]), membersEntry(52, [], [1])] });
    assert.deepEqual(
      (await contoso.read(next)).objects.map((object) => [
        object.anchor,
        object.type === 'group' && object.memberDigest,
      ]),
      [
        [anchorOf(50), digestOf([1, 2])],
        [anchorOf(51), digestOf([2, 3])],
      ],
    );
  });

  test('stay while an attribute of the group changes, in the same batch too', async () => {
    await contoso.accept({ groups: [groupEntry(50)], members: [membersEntry(50, [1])] });
    await contoso.accept({ groups: [groupEntry(50, { description: 'new' })], members: [membersEntry(50, [2])] });
    const { group, memberCount } = await contoso.findGroup(50);
    assert.deepEqual([group.description, memberCount], ['new', 2]);
  });

  test('of no group are not read', async () => {
    await contoso.accept({ users: [userEntry(1)] });
    for (const group of [1, 2]) await assert.rejects(readMembers(group), { errorCode: 'group_unknown' });
  });

  test('are 50,000 of one group, confirmed by one digest', async () => {
    await contoso.accept({ groups: [groupEntry(50)] });
    for (let start = 0; start < 50_000; start += 20_000) {
      await contoso.accept({ members: [membersEntry(50, range(start, Math.min(start + 20_000, 50_000)))] });
    }
    const { memberCount, memberDigest } = await contoso.findGroup(50);
    assert.deepEqual([memberCount, memberDigest], [50_000, digestOf(range(0, 50_000))]);
    assert.equal(new Set(await readMembers(50, 20_000)).size, 50_000);
  });
});
