import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defaultTenantSettings } from '@causeway/contract';
import { decideUser, primaryAddressOf, type KnownObject, type UserFacts } from '../../src/rules/user-match.ts';

const known = (anchor: string, changes: Partial<KnownObject> = {}): KnownObject => ({
  anchor,
  type: 'user',
  cloudOnly: false,
  administrator: false,
  deleted: false,
  ...changes,
});
const synchronized = known('synchronized');
const deleted = known('deleted', { deleted: true });
const group = known('group', { type: 'group' });
const cloud = known('cloud', { cloudOnly: true });
const deletedCloud = known('deleted cloud', { cloudOnly: true, deleted: true });
const otherCloud = known('other cloud', { cloudOnly: true });
const administrator = known('administrator', { cloudOnly: true, administrator: true });

const { features } = defaultTenantSettings;
const blockSoft = { ...features, BlockSoftMatch: true };
const blockHard = { ...features, BlockCloudObjectTakeoverThroughHardMatch: true };
const byAddressOnly = { ...features, EnableSoftMatchOnUpn: false };

describe('an exported user', () => {
  const cases: [string, Partial<UserFacts>, string][] = [
    ['that nobody knows is new', {}, 'new'],

    ['is the one with its anchor', { byAnchor: synchronized }, 'synchronized'],
    ['comes back from the recycle bin', { byAnchor: deleted }, 'deleted'],
    ['is no group', { byAnchor: group }, 'ObjectTypeMismatch'],
    ['takes over a cloud-only user by anchor', { byAnchor: cloud }, 'cloud'],
    ['takes over a deleted cloud-only user by anchor', { byAnchor: deletedCloud }, 'deleted cloud'],
    ['takes over nobody by anchor where that is blocked', { byAnchor: cloud, features: blockHard }, 'InvalidHardMatch'],
    ['stays itself where takeover is blocked', { byAnchor: synchronized, features: blockHard }, 'synchronized'],
    ['never takes over an administrator by anchor', { byAnchor: administrator }, 'ExistingAdminRoleConflict'],
    [
      'never takes over an administrator by anchor, whatever is blocked',
      { byAnchor: administrator, features: blockHard },
      'ExistingAdminRoleConflict',
    ],
    ['keeps its anchor whoever has its address', { byAnchor: synchronized, byAddress: [cloud] }, 'synchronized'],
    ['does not get the name of another', { byAnchor: synchronized, byName: cloud }, 'AttributeValueMustBeUnique'],
    ['does not come back with the name of another', { byAnchor: deleted, byName: cloud }, 'AttributeValueMustBeUnique'],
    [
      'does not take over and get a third name',
      { byAnchor: cloud, byName: synchronized },
      'AttributeValueMustBeUnique',
    ],

    ['is the cloud-only user with its address', { byAddress: [cloud] }, 'cloud'],
    ['is the cloud-only user with its address and name', { byAddress: [cloud], byName: cloud }, 'cloud'],
    ['is matched by address before name', { byAddress: [cloud], byName: otherCloud }, 'AttributeValueMustBeUnique'],
    ['is matched by address without matching by name', { byAddress: [cloud], features: byAddressOnly }, 'cloud'],
    ['is nobody where soft match is blocked', { byAddress: [cloud], features: blockSoft }, 'InvalidSoftMatch'],
    ['does not share the address of another', { byAddress: [synchronized] }, 'InvalidSoftMatch'],
    ['is not one of two with its address', { byAddress: [cloud, otherCloud] }, 'InvalidSoftMatch'],
    ['is never an administrator with its address', { byAddress: [administrator] }, 'ExistingAdminRoleConflict'],
    [
      'is never an administrator, whatever is blocked',
      { byAddress: [administrator], features: blockSoft },
      'ExistingAdminRoleConflict',
    ],
    [
      'is not one of two of whom one is an administrator',
      { byAddress: [cloud, administrator] },
      'ExistingAdminRoleConflict',
    ],

    ['is the cloud-only user with its name', { byName: cloud }, 'cloud'],
    ['is nobody by name where soft match is blocked', { byName: cloud, features: blockSoft }, 'InvalidSoftMatch'],
    ['is nobody by name without that', { byName: cloud, features: byAddressOnly }, 'AttributeValueMustBeUnique'],
    ['does not share the name of another', { byName: synchronized }, 'AttributeValueMustBeUnique'],
    ['is never an administrator with its name', { byName: administrator }, 'ExistingAdminRoleConflict'],
  ];
  for (const [behaviour, facts, expected] of cases) {
    test(behaviour, () => {
      const decision = decideUser({ byAnchor: undefined, byAddress: [], byName: undefined, features, ...facts });
      assert.equal('refusal' in decision ? decision.refusal : (decision.become?.anchor ?? 'new'), expected);
    });
  }
});

describe('the primary address', () => {
  const cases: [string, Parameters<typeof primaryAddressOf>[0], string | undefined][] = [
    ['is the SMTP one', { mail: 'a@x', proxyAddresses: ['smtp:b@x', 'SMTP:c@x'] }, 'c@x'],
    ['is the mail without an SMTP one', { mail: 'a@x', proxyAddresses: ['smtp:b@x', 'SIP:c@x'] }, 'a@x'],
    ['is the mail without any', { mail: 'a@x' }, 'a@x'],
    ['is none without both', {}, undefined],
    ['is none where it is empty', { mail: '', proxyAddresses: [] }, undefined],
    ['is none where the SMTP one is empty', { mail: 'a@x', proxyAddresses: ['SMTP:'] }, undefined],
  ];
  for (const [behaviour, user, expected] of cases) {
    test(behaviour, () => assert.equal(primaryAddressOf(user), expected));
  }
});
