import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objectRefusals, type ObjectType } from '@causeway/contract';
import { decideDeletion, decideGroup, decideMembers } from '../../src/rules/object-change.ts';
import { describeRefusal, type Refusal } from '../../src/rules/refusal.ts';
import type { KnownObject } from '../../src/rules/user-match.ts';

const user: KnownObject = { anchor: 'x', type: 'user', cloudOnly: false, administrator: false, deleted: false };
const group: KnownObject = { ...user, type: 'group' };
const deletedUser = { ...user, deleted: true };
const deletedGroup = { ...group, deleted: true };
const cloudUser = { ...user, cloudOnly: true };

const textOf = (decision: string | Refusal): string => (typeof decision === 'string' ? decision : decision.refusal);

describe('an exported group', () => {
  const cases: [string, KnownObject | undefined, string][] = [
    ['that nobody knows is made', undefined, 'create'],
    ['changes the one with its anchor', group, 'update'],
    ['is made anew in the place of a deleted one', deletedGroup, 'create'],
    ['is no user', user, 'ObjectTypeMismatch'],
    ['is no deleted user', deletedUser, 'ObjectTypeMismatch'],
  ];
  for (const [behaviour, byAnchor, expected] of cases) {
    test(behaviour, () => assert.equal(textOf(decideGroup(byAnchor)), expected));
  }
});

describe('an exported deletion', () => {
  const cases: [string, KnownObject | undefined, ObjectType, string][] = [
    ['deletes a user', user, 'user', 'delete'],
    ['deletes a group', group, 'group', 'delete'],
    ['of a deleted object changes nothing', deletedUser, 'user', 'unchanged'],
    ['of an object that never was changes nothing', undefined, 'group', 'unchanged'],
    ['of a user does not delete a group', group, 'user', 'ObjectTypeMismatch'],
    ['of a group does not delete a user', user, 'group', 'ObjectTypeMismatch'],
    ['does not delete a cloud-only user', cloudUser, 'user', 'DeletingCloudOnlyObjectNotAllowed'],
  ];
  for (const [behaviour, byAnchor, type, expected] of cases) {
    test(behaviour, () => assert.equal(textOf(decideDeletion(byAnchor, type)), expected));
  }
});

describe('exported members', () => {
  const cases: [string, KnownObject | undefined, string][] = [
    ['are those of a group', group, 'change'],
    ['are not those of a user', user, 'ObjectTypeMismatch'],
    ['are not those of a deleted group', deletedGroup, 'GroupNotFound'],
    ['are not those of nobody', undefined, 'GroupNotFound'],
  ];
  for (const [behaviour, byAnchor, expected] of cases) {
    test(behaviour, () => assert.equal(textOf(decideMembers(byAnchor)), expected));
  }
});

test('every refusal says what is wrong, what to do, and who is in the way', () => {
  for (const refusal of objectRefusals) {
    const { anchor, code, message } = describeRefusal({ refusal, owner: user }, 'offered');
    assert.deepEqual([anchor, code], ['offered', refusal]);
    assert.match(message, /^[^.]+\. .+ The other object has the anchor x\.$/);
  }
});
