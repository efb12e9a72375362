import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileRules, parseSyncRules } from '../src/index.ts';
import { clock, exported, group, ruleSet, user } from './objects.ts';

const flow = (name: string, precedence: number, flows: string, more = ''): string =>
  `  - { name: ${name}, direction: inbound, connector: { kind: ad }, sourceType: user, targetType: person, linkType: join, precedence: ${precedence}, flows: [${flows}]${more} }\n`;

describe('a rule of the administrator', () => {
  it('comes before the built-in ones', () => {
    const rules = ruleSet(
      `rules:\n${flow('Mine', 50, '{ target: displayName, expression: \'[sn] & ", " & [givenName]\' }')}`,
    );
    const { attributes, lineage } = exported(rules, user({ sn: 'Doe', givenName: 'Jo', displayName: 'Jo Doe' }));
    assert.deepEqual(attributes['displayName'], ['Doe, Jo']);
    assert.equal(lineage['displayName']?.[0]?.rule.name, 'Out to AAD - User Identity');
  });

  it('filters by an attribute, and only what it matches', () => {
    const rules = ruleSet(
      `rules:\n${flow('Filter', 51, '{ target: cloudFiltered, constant: True }', ', scope: [[{ attribute: extensionAttribute15, operator: EQUAL, value: NoSync }]]')}`,
    );
    assert.equal(exported(rules, user({ extensionAttribute15: 'nosync' })).inScope, false);
    assert.equal(exported(rules, user({ extensionAttribute15: 'sync' })).inScope, true);
    assert.equal(exported(rules, user()).inScope, true);
    assert.ok(rules.sourceAttributes('corp.example', 'user').includes('extensionAttribute15'));
    assert.ok(!ruleSet().sourceAttributes('corp.example', 'user').includes('extensionAttribute15'));
  });

  it('cannot undo a filter', () => {
    for (const value of ['constant: False', "expression: 'AuthoritativeNull'", "expression: 'IgnoreThisFlow'"]) {
      const rules = ruleSet(`rules:\n${flow('Mine', 1, `{ target: cloudFiltered, ${value} }`)}`);
      assert.equal(exported(rules, user({ sAMAccountName: 'krbtgt' })).inScope, false, value);
      assert.equal(exported(rules, user()).inScope, true, value);
    }
  });

  it('of one connector does not apply to another', () => {
    const rules = ruleSet(
      `rules:\n${flow('Mine', 5, '{ target: department, constant: x }').replace('kind: ad', 'name: mail.example')}`,
    );
    assert.deepEqual(exported(rules, user()).attributes['department'], undefined);
    assert.deepEqual(exported(rules, user({}, 'mail.example')).attributes['department'], ['x']);
  });

  it('that is disabled does nothing', () => {
    const rules = ruleSet(`rules:\n${flow('Mine', 5, '{ target: department, constant: x }', ', disabled: true')}`);
    assert.deepEqual(exported(rules, user()).attributes['department'], undefined);
  });

  it('takes the place of a built-in rule that it disables', () => {
    const text = `disable: [In from AD - User AccountEnabled]\nrules:\n${flow('Mine', 89, '{ target: accountEnabled, constant: True }', ', passwordSync: true, scope: [[{ attribute: adminDescription, operator: EQUAL, value: PHSIncluded }]]')}`;
    const rules = ruleSet(text);
    assert.equal(rules.inbound(user()).passwordSync, false);
    assert.equal(rules.inbound(user({ adminDescription: 'PHSIncluded' })).passwordSync, true);
  });

  it('with joins beside another with joins is a problem of the object', () => {
    const rules = ruleSet(`rules:\n${flow('Mine', 5, '', ', join: [[{ source: employeeID, target: employeeID }]]')}`);
    const { problems } = rules.inbound(user({ employeeID: '7' }));
    assert.deepEqual(problems, [
      {
        rule: 'In from AD - User Join',
        attribute: 'join',
        message: '"Mine" has joins too: one rule with joins may be in scope',
      },
    ]);
    assert.ok(rules.joinAttributes.includes('employeeID'));
  });

  it('joins by all clauses of a group, or not by that group', () => {
    const text = `disable: [In from AD - User Join]\nrules:\n${flow('Mine', 5, '', ', join: [[{ source: givenName, target: givenName }, { source: sn, target: sn, caseSensitive: true }]]').replace('linkType: join', 'linkType: provision')}`;
    const rules = ruleSet(text);
    assert.deepEqual(rules.inbound(user({ givenName: 'Jo' })).joins, []);
    assert.deepEqual(rules.inbound(user({ givenName: 'Jo', sn: ['Doe', 'Roe'] })).joins, []);
    assert.deepEqual(
      rules.inbound(user({ givenName: 'Jo', sn: 'Doe' })).joins.map(({ clauses }) => clauses),
      [
        [
          { attribute: 'givenName', value: 'Jo', caseSensitive: false },
          { attribute: 'sn', value: 'Doe', caseSensitive: true },
        ],
      ],
    );
  });

  it('that sticks says so', () => {
    const text = `disable: [In from AD - User Join]\nrules:\n${flow('Mine', 5, '', ', join: [[{ source: mail, target: mail }]]').replace('linkType: join', 'linkType: stickyJoin')}`;
    assert.equal(ruleSet(text).inbound(user()).linkType, 'stickyJoin');
  });

  it('whose scope cannot be told is a problem of the object', () => {
    const rules = ruleSet(
      `rules:\n${flow('Mine', 5, '', ', scope: [[{ attribute: flags, operator: ISBITSET, value: 2 }]]')}`,
    );
    const { problems, rules: applied } = rules.inbound(user({ flags: 'x' }));
    assert.deepEqual(problems, [{ rule: 'Mine', attribute: 'scope', message: 'flags is not a number' }]);
    assert.ok(!applied.some(({ name }) => name === 'Mine'));
  });
});

describe('filters of the configuration', () => {
  const attribute = [{ attribute: 'department', operator: 'EQUAL', value: 'Temp' }] as const;

  it('filter users and groups that match one of them', () => {
    const rules = ruleSet('', {
      filters: [{ connector: 'corp.example', attribute: [...attribute, { attribute: 'info', operator: 'ISNOTNULL' }] }],
    });
    assert.equal(exported(rules, user({ department: 'temp' })).inScope, false);
    assert.equal(exported(rules, user({ info: 'x' })).inScope, false);
    assert.equal(exported(rules, user({ department: 'IT' })).inScope, true);
    assert.equal(exported(rules, group({ info: 'x' })).inScope, false);
    assert.equal(exported(rules, group()).inScope, true);
  });

  it('leave nothing but the direct members of a group', () => {
    const dn = 'CN=Pilot,DC=corp,DC=example';
    const rules = ruleSet('', { filters: [{ connector: 'corp.example', group: dn }] });
    assert.deepEqual(rules.membershipGroups, [dn]);
    const member = { ...user(), isMemberOf: (each: string) => each === dn };
    assert.equal(exported(rules, member).inScope, true);
    assert.equal(exported(rules, user()).inScope, false);
    assert.equal(exported(rules, group()).inScope, false);
  });

  it('of one forest say nothing of another', () => {
    const rules = ruleSet('', {
      filters: [{ connector: 'mail.example', attribute, group: 'CN=Pilot,DC=mail,DC=example' }],
    });
    assert.equal(exported(rules, user({ department: 'temp' })).inScope, true);
  });

  it('that are not well formed are refused', () => {
    for (const clause of [
      { operator: 'EQUAL', value: 'x' },
      { attribute: 'userAccountControl', operator: 'ISBITSET', value: 'x' },
      { attribute: 'unicodePwd', operator: 'ISNULL' },
    ] as const) {
      assert.throws(
        () => ruleSet('', { filters: [{ connector: 'corp.example', attribute: [clause] }] }),
        (error: Error) => /the filters of the configuration: /.test(error.message),
      );
    }
  });
});

describe('a rule set', () => {
  it('says what to import, and joins by', () => {
    const rules = ruleSet();
    assert.deepEqual(rules.joinAttributes, ['objectSidString', 'sourceAnchor', 'sourceAnchorBinary']);
    assert.deepEqual(rules.sourceAttributes('corp.example', 'foreignSecurityPrincipal'), ['cn']);
    assert.deepEqual(rules.sourceAttributes('tenant', 'group'), ['cloudAnchor', 'cloudMastered', 'sourceAnchor']);
    assert.deepEqual(rules.sourceAttributes('nowhere', 'user'), []);
    for (const needed of ['objectGUID', 'objectSid', 'distinguishedName', 'member', 'groupType']) {
      assert.ok(rules.sourceAttributes('corp.example', 'group').includes(needed), needed);
    }
  });

  it('leaves an object of no rule unlinked', () => {
    const result = ruleSet().inbound({ ...user(), type: 'contact' });
    assert.deepEqual([result.linkType, result.rules, result.flows, result.passwordSync], ['none', [], [], false]);
  });

  it('says nothing of an object whose join is out of scope, but which rules have it', () => {
    const result = ruleSet().inbound(user({ isCriticalSystemObject: 'TRUE' }));
    assert.deepEqual([result.linkType, result.targetType, result.joins, result.flows], ['none', undefined, [], []]);
    assert.deepEqual([result.references, result.passwordSync, result.rules.length], [[], false, 2]);
  });

  it('does not merge what no rule links', () => {
    const rules = ruleSet();
    const part = { connectorRank: 0, result: rules.inbound({ ...user(), type: 'contact' }) };
    assert.throws(() => rules.merge([part]), { code: 'ERR_SYNC_RULES_VALUE' });
  });

  it('has a digest that follows rules, connectors and options, and nothing else', () => {
    const text = `rules:\n${flow('Mine', 5, '{ target: department, constant: x }')}`;
    const same = ruleSet(text).digest;
    assert.match(same, /^[0-9a-f]{64}$/);
    assert.equal(ruleSet(text).digest, same);
    assert.equal(
      ruleSet(`# a comment\n\n${text.replace('name: Mine', 'name: Mine, description: what it is for')}`).digest,
      same,
    );
    const others = [
      ruleSet().digest,
      ruleSet(text.replace('constant: x', 'constant: y')).digest,
      ruleSet(text.replace('precedence: 5', 'precedence: 6')).digest,
      ruleSet(text, { match: 'mail' }).digest,
      ruleSet(text, { filters: [{ connector: 'corp.example', group: 'CN=a' }] }).digest,
      compileRules({ rules: [parseSyncRules(text, 'a')], connectors: [{ name: 'b', kind: 'ad' }], clock }).digest,
    ];
    assert.equal(new Set([same, ...others]).size, others.length + 1);
  });
});
