import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attributes, exported, group, guidB, mergedOf, ruleSet, sid } from './objects.ts';

const rules = ruleSet();

describe('a group of the forest', () => {
  it('becomes a group of the tenant with every attribute that is carried', () => {
    const result = exported(
      rules,
      group({
        displayName: 'All staff',
        description: [' Everybody ', 'and more'],
        mail: 'staff@corp.example',
        mailNickname: 'staff',
        proxyAddresses: 'SMTP:staff@corp.example',
        member: ['CN=Alice,DC=corp,DC=example'],
      }),
    );
    assert.deepEqual(result.problems, []);
    assert.equal(result.targetType, 'group');
    assert.deepEqual(
      result.attributes,
      attributes({
        accountName: 'staff',
        displayName: 'All staff',
        description: 'Everybody',
        mail: 'staff@corp.example',
        mailNickname: 'staff',
        proxyAddresses: 'SMTP:staff@corp.example',
        securityEnabled: 'True',
        onPremisesSecurityIdentifier: 'S-1-5-21-1-2-3-1200',
      }),
    );
    assert.deepEqual(
      result.references.map(({ source, target }) => [source, target]),
      [['member', 'member']],
    );
    assert.deepEqual(
      new Set(rules.targetAttributes('tenant', 'group')),
      new Set([...Object.keys(result.attributes), 'member']),
    );
  });

  it('has the anchor of objectGUID, whatever mS-DS-ConsistencyGuid says', () => {
    assert.deepEqual(mergedOf(rules, group({ 'mS-DS-ConsistencyGuid': sid(1) })).attributes['sourceAnchor'], [guidB]);
  });

  for (const [name, changes, inScope] of [
    ['of security without an address', {}, true],
    ['of distribution with an address', { groupType: '2', mail: 'd@corp.example' }, true],
    [
      'of distribution with a proxy address',
      { groupType: '2', proxyAddresses: ['X500:/o=a', 'smtp:d@corp.example'] },
      true,
    ],
    ['of distribution without an address', { groupType: '2' }, false],
    ['of distribution with something else than an address', { groupType: '2', mail: 'nothing' }, false],
    [
      'of distribution with a proxy address of another kind',
      { groupType: '2', mail: 'd@corp.example', proxyAddresses: 'X500:/o=a' },
      false,
    ],
    ['that is a critical system object', { isCriticalSystemObject: 'TRUE' }, false],
    ['written back from the tenant', { adminDescription: 'Group_1234' }, false],
    ['that is a role group', { msExchRecipientTypeDetails: String(0x40000000) }, false],
    ['of DirSync', { sAMAccountName: 'MSOL_AD_Sync_RichCoexistence' }, false],
    ['that is a replication victim', { distinguishedName: 'CN=Staff\\0ACNF:1,DC=corp,DC=example' }, false],
    ['that is built in', { objectSid: sid(513) }, false],
    ['of 249,999 members', { member: Array.from({ length: 249_999 }, (_, index) => `CN=${index}`) }, true],
    ['of 250,000 members', { member: Array.from({ length: 250_000 }, (_, index) => `CN=${index}`) }, false],
  ] as const) {
    it(`${name} ${inScope ? 'is carried' : 'stays'}`, () => {
      const part = { connectorRank: 0, result: rules.inbound(group(changes)) };
      assert.deepEqual(part.result.problems, []);
      assert.equal(part.result.linkType !== 'none' && rules.outbound('tenant', rules.merge([part])).inScope, inScope);
    });
  }

  it('that cannot be read completely is a problem, not a deletion', () => {
    for (const changes of [{ groupType: undefined }, { objectGUID: undefined }]) {
      assert.match(rules.inbound(group(changes)).problems[0]?.message ?? '', /cannot be read/);
    }
  });
});

describe('a foreign security principal', () => {
  it('joins the person or group that has its SID, and makes nothing', () => {
    const principal = {
      connector: 'corp.example',
      type: 'foreignSecurityPrincipal',
      parameters: {},
      attributes: attributes({ cn: 'S-1-5-21-1-2-9-1104' }),
    };
    const { linkType, targetType, joins, flows, problems } = rules.inbound(principal);
    assert.deepEqual(
      { linkType, targetType, flows, problems },
      { linkType: 'join', targetType: undefined, flows: [], problems: [] },
    );
    const clauses = [{ attribute: 'objectSidString', value: 'S-1-5-21-1-2-9-1104', caseSensitive: false }];
    assert.deepEqual(
      joins.map((each) => [each.targetType, each.clauses]),
      [
        ['person', clauses],
        ['group', clauses],
      ],
    );
  });
});
