import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { CausewayError } from '@causeway/model';
import { parseSyncRules } from '../src/index.ts';
import { ruleSet } from './objects.ts';

const head = `rules:
  - name: Mine
    direction: inbound
    connector: { kind: ad }
    sourceType: user
    targetType: person
    linkType: join
    precedence: 50
`;

function problems(text: string): string {
  try {
    ruleSet(text);
  } catch (error) {
    assert.ok(error instanceof CausewayError);
    assert.equal(error.code, 'ERR_SYNC_RULES_INVALID');
    return error.message;
  }
  return '';
}

describe('a file of rules', () => {
  it('may be empty', () => {
    assert.deepEqual(parseSyncRules('', 'a.yaml'), { rules: [], disable: [] });
  });

  it('gives rules with defaults, and True as rules write it', () => {
    const { rules } = parseSyncRules(`${head}    flows: [{ target: cloudFiltered, constant: True }]\n`, 'a.yaml');
    const { scope, join, disabled, passwordSync, sourceTypes, at, flows } = rules[0] ?? assert.fail();
    assert.deepEqual(
      { scope, join, disabled, passwordSync, sourceTypes, at },
      {
        scope: [],
        join: [],
        disabled: false,
        passwordSync: false,
        sourceTypes: ['user'],
        at: 'a.yaml line 2, column 5',
      },
    );
    assert.deepEqual(flows, [
      {
        target: 'cloudFiltered',
        constant: 'True',
        applyOnce: false,
        mergeType: 'update',
        at: 'a.yaml line 9, column 13',
      },
    ]);
  });

  for (const [name, text, message] of [
    ['broken YAML', 'rules: [', /custom\.yaml line 1, column 9: /],
    ['an unknown key', `${head}    wrong: 1\n`, /custom\.yaml line 2, column 5: rules\.0: .*wrong/],
    [
      'an unknown operator',
      `${head}    scope: [[{ attribute: cn, operator: LIKE, value: a }]]\n`,
      /line 9, column \d+: rules\.0\.scope\.0\.0\.operator/,
    ],
    [
      'a condition without its value',
      `${head}    scope: [[{ attribute: cn, operator: EQUAL }]]\n`,
      /line 9, column 14: .*EQUAL needs a value/,
    ],
    [
      'a condition with too much',
      `${head}    scope: [[{ attribute: cn, operator: ISNULL, value: a }]]\n`,
      /ISNULL has no value/,
    ],
    [
      'a membership of an attribute',
      `${head}    scope: [[{ attribute: cn, operator: ISMEMBEROF, value: a }]]\n`,
      /ISMEMBEROF has no attribute/,
    ],
    ['a condition of nothing', `${head}    scope: [[{ operator: EQUAL, value: a }]]\n`, /EQUAL needs an attribute/],
    [
      'a bit that is no number',
      `${head}    scope: [[{ attribute: userAccountControl, operator: ISBITSET, value: two }]]\n`,
      /number above 0/,
    ],
    ['bits of a text', `${head}    scope: [[{ attribute: cn, operator: ISBITSET, value: 2 }]]\n`, /cn is not a number/],
    [
      'a flow of two sources',
      `${head}    flows: [{ target: cn, source: cn, constant: a }]\n`,
      /line 9, column 13: .*exactly one of/,
    ],
    ['a flow of no source', `${head}    flows: [{ target: cn }]\n`, /exactly one of/],
    [
      'a precedence of built-in rules',
      head.replace('50', '100'),
      /line 8, column 17: rule "Mine": the precedence of a custom rule is 0 to 99/,
    ],
    [
      'an unknown target',
      `${head}    flows: [{ target: nope, source: cn }]\n`,
      /line 9, column 13: rule "Mine": the metaverse has no attribute "nope"/,
    ],
    ['a target misspelled', `${head}    flows: [{ target: CN, source: cn }]\n`, /"CN" is written cn/],
    [
      'an attribute misspelled',
      `${head}    flows: [{ target: cn, source: displayname }]\n`,
      /"displayname" is written displayName/,
    ],
    ['a password', `${head}    flows: [{ target: cn, source: unicodePwd }]\n`, /holds a password/],
    [
      'a type that does not fit',
      `${head}    flows: [{ target: cn, source: objectGUID }]\n`,
      /cn is a string, objectGUID a binary/,
    ],
    [
      'an expression of another type',
      `${head}    flows: [{ target: accountEnabled, expression: 'Trim([cn])' }]\n`,
      /accountEnabled is a boolean, and the expression gives a string/,
    ],
    [
      'a constant of another type',
      `${head}    flows: [{ target: accountEnabled, constant: maybe }]\n`,
      /neither True nor False/,
    ],
    ['a reference made up', `${head}    flows: [{ target: manager, expression: 'CRef("CN=a")' }]\n`, /flows directly/],
    [
      'a reference into a text',
      `${head}    flows: [{ target: cn, source: manager }]\n`,
      /cn is a string, manager a reference/,
    ],
    [
      'a single value that is merged',
      `${head}    flows: [{ target: cn, source: cn, mergeType: merge }]\n`,
      /cn has one value/,
    ],
    [
      'a broken expression',
      `${head}    flows:\n      - target: cn\n        expression: Trimm([cn])\n`,
      /line 10, column 9: rule "Mine": character 1 of the expression: there is no function Trimm/,
    ],
    ['an unknown source type', head.replace('user', 'printer'), /sourceType is one of user, inetOrgPerson/],
    ['an unknown target type', head.replace('person', 'device'), /targetType is person, group or \*/],
    [
      'a connector that is not there',
      head.replace('kind: ad', 'name: Corp.Example'),
      /no connector "Corp\.Example" \(names are case-sensitive\)/,
    ],
    [
      'passwords of an inetOrgPerson',
      head.replace('sourceType: user', 'sourceType: inetOrgPerson\n    passwordSync: true'),
      /passwordSync is for users of a forest/,
    ],
    ['a join of a reference', `${head}    join: [[{ source: manager, target: cn }]]\n`, /reference cannot be joined/],
    ['a join of different types', `${head}    join: [[{ source: objectGUID, target: cn }]]\n`, /different types/],
    [
      'a rule that is disabled and not there',
      'disable: [In from AD - Nothing]',
      /line 1, column 11: there is no built-in rule "In from AD - Nothing"/,
    ],
    [
      'the name of a built-in rule',
      head.replace('Mine', 'In from AD - User Join'),
      /the name "In from AD - User Join" is taken/,
    ],
    [
      'writing to the forest',
      head
        .replace('inbound', 'outbound')
        .replace('Type: user', 'Type: person')
        .replace('targetType: person', 'targetType: user'),
      /nothing is written to a forest/,
    ],
    [
      'a precedence that is taken',
      head + head.replace('rules:\n', '').replace('Mine', 'Other'),
      /line 9, column 5: rule "Other": "Mine" has precedence 50 too/,
    ],
    [
      'a merge type that others do not have',
      `${head}    flows: [{ target: proxyAddresses, source: proxyAddresses, mergeType: merge }]\n`,
      /merged by update here and by merge elsewhere/,
    ],
  ] as const) {
    it(`with ${name} is refused with its place`, () => assert.match(problems(text), message));
  }

  it('names everything that is wrong at once', () => {
    const text = `${head}    flows:\n      - { target: nope, source: cn }\n      - { target: cn, expression: 'Nope()' }\n`;
    assert.match(problems(text), /line 10, column 9: .*nope"\n.*line 11, column 9: .*no function Nope/);
  });

  it('is refused when it is absurdly long, deep, or multiplies itself', () => {
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefg'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[index]}`).join(', ')}]`)
      .join('\n')}\n`;
    for (const text of [
      '#'.repeat(1_048_577),
      '['.repeat(100_000),
      `${'{a: '.repeat(20_000)}1${'}'.repeat(20_000)}`,
      bomb,
    ]) {
      assert.throws(() => parseSyncRules(text, 'a.yaml'), { code: 'ERR_SYNC_RULES_INVALID' });
    }
  });

  it('never does anything but give rules or an error of its own', () => {
    const mutated = fc
      .tuple(fc.nat(head.length), fc.string({ maxLength: 12 }))
      .map(([at, insert]) => head.slice(0, at) + insert + head.slice(at));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (text) => {
        try {
          parseSyncRules(text, 'a.yaml');
        } catch (error) {
          assert.ok(error instanceof CausewayError, text);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
