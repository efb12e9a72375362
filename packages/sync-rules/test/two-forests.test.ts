import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MatchOption, RuleSet, SourceObject } from '../src/index.ts';
import { exported, guidA, guidB, mergedOf, ruleSet, sid, user } from './objects.ts';

/** Whether the first join group of the second object that hits the first is there. */
function joins(rules: RuleSet, first: SourceObject, second: SourceObject): boolean {
  const { attributes } = rules.merge([{ connectorRank: 0, result: rules.inbound(first) }]);
  return rules
    .inbound(second)
    .joins.some(({ clauses }) =>
      clauses.every(({ attribute, value, caseSensitive }) =>
        attributes[attribute]?.some(
          (each) => each === value || (!caseSensitive && each.toLowerCase() === value.toLowerCase()),
        ),
      ),
    );
}

describe('one person with an account in two forests', () => {
  const enabled = user(
    { objectGUID: guidB, userPrincipalName: 'a@mail.example', objectSid: sid(1104, 9), department: 'B' },
    'mail.example',
  );
  const disabled = user({ userAccountControl: '514', userPrincipalName: 'a@corp.example', department: 'A' });

  it('has anchor, name and SID of the enabled account, though the disabled one was there first', () => {
    const { attributes } = exported(ruleSet(), disabled, enabled);
    assert.deepEqual(mergedOf(ruleSet(), disabled, enabled).attributes['sourceAnchor'], [guidB]);
    assert.deepEqual(attributes['userPrincipalName'], ['a@mail.example']);
    assert.deepEqual(attributes['accountEnabled'], ['True']);
    assert.deepEqual(attributes['onPremisesSecurityIdentifier'], ['S-1-5-21-1-2-9-1104']);
    assert.deepEqual(attributes['onPremisesDomainName'], ['mail.example']);
    assert.deepEqual(attributes['department'], ['A'], 'of the first forest, for want of a mailbox');
  });

  it('has anchor and name of the first connector when both are enabled', () => {
    const both = user({ userPrincipalName: 'a@corp.example' });
    assert.deepEqual(mergedOf(ruleSet(), enabled, both).attributes['sourceAnchor'], [guidA]);
  });

  it('has the address list of the forest with the mailbox', () => {
    const mailbox = user({ ...enabled.attributes, mailNickname: 'al' }, 'mail.example');
    const { attributes } = exported(ruleSet(), user({ department: 'A' }), mailbox);
    assert.deepEqual(attributes['department'], ['B']);
    assert.deepEqual(attributes['mailNickname'], ['al']);
    assert.deepEqual(mergedOf(ruleSet(), user({ department: 'A' }), mailbox).attributes['sourceAnchor'], [guidA]);
  });

  it('that is filtered in one forest is filtered', () => {
    const system = user({ ...disabled.attributes, sAMAccountName: 'AAD_1' });
    assert.equal(exported(ruleSet(), system, enabled).inScope, false);
  });
});

describe('a linked mailbox', () => {
  const account = user({ objectSid: sid(1104, 3) });
  const mailbox = user(
    {
      objectGUID: guidB,
      objectSid: sid(1300, 9),
      userAccountControl: '514',
      userPrincipalName: 'box@mail.example',
      mailNickname: 'al',
      displayName: 'Al of the address list',
      msExchRecipientTypeDetails: '2',
      msExchMasterAccountSid: sid(1104, 3),
    },
    'mail.example',
  );
  const rules = ruleSet('', { match: 'objectSid' });

  it('is joined to its account, whichever comes first', () => {
    assert.equal(joins(rules, account, mailbox), true);
    assert.equal(joins(rules, mailbox, account), true);
    assert.equal(joins(ruleSet(), account, mailbox), false);
    assert.equal(joins(ruleSet(), mailbox, account), false);
  });

  it('gives neither name nor anchor, and the address list', () => {
    const { attributes, inScope } = exported(rules, account, mailbox);
    assert.equal(inScope, true);
    assert.deepEqual(mergedOf(rules, account, mailbox).attributes['sourceAnchor'], [guidA]);
    assert.deepEqual(attributes['userPrincipalName'], ['alice@corp.example']);
    assert.deepEqual(attributes['accountEnabled'], ['True']);
    assert.deepEqual(attributes['displayName'], ['Al of the address list']);
    const alone = rules.merge([{ connectorRank: 1, result: rules.inbound(mailbox) }]);
    assert.deepEqual([alone.attributes['userPrincipalName'], alone.attributes['sourceAnchor']], [undefined, undefined]);
    assert.equal(rules.outbound('tenant', alone).inScope, false);
  });
});

describe('the choice how people are matched', () => {
  const first = user({ mail: 'Al@Corp.example' });
  for (const [match, changes, joined] of [
    ['once', { mail: 'al@corp.example', sAMAccountName: 'alice' }, false],
    ['once', { 'mS-DS-ConsistencyGuid': guidA }, true],
    ['mail', { mail: 'al@corp.example', sAMAccountName: 'other' }, true],
    ['mail', { mail: 'x@corp.example', sAMAccountName: 'alice' }, false],
    ['mail', { sAMAccountName: 'alice' }, false],
    ['accountName', { sAMAccountName: 'ALICE' }, true],
    ['accountName', { sAMAccountName: 'bob', mail: 'al@corp.example' }, false],
    ['objectSid', { msExchMasterAccountSid: sid(1104) }, true],
    ['objectSid', { sAMAccountName: 'alice' }, false],
  ] as const satisfies readonly (readonly [MatchOption, object, boolean])[]) {
    it(`by ${match} ${joined ? 'joins' : 'does not join'} ${Object.keys(changes).join(' and ')}`, () => {
      const second = user({ objectGUID: guidB, objectSid: sid(2000, 9), ...changes }, 'mail.example');
      assert.equal(joins(ruleSet('', { match }), first, second), joined);
    });
  }
});
