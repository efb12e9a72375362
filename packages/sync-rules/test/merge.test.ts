import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Attributes, MergedObject } from '../src/index.ts';
import { ruleSet, user, attributes } from './objects.ts';

/** A custom rule with flows, by precedence. */
function rule(precedence: number, flows: string, connector = 'kind: ad'): string {
  return `  - { name: Custom ${precedence}, direction: inbound, connector: { ${connector} }, sourceType: user, targetType: person, linkType: join, precedence: ${precedence}, flows: [${flows}] }\n`;
}

/** Built-in rules whose proxyAddresses are not merged. */
const proxyRules = [
  'In from AD - User Common',
  'In from AD - User Common from Exchange',
  'In from AD - InetOrgPerson Common',
  'In from AD - InetOrgPerson Common from Exchange',
  'In from AD - Group Common',
];

/** Three rules that merge addresses; the second, of one connector, is the one to look at. */
function lists(middle: string): string {
  return (
    `disable: [${proxyRules.join(', ')}]\nrules:\n` +
    rule(10, `{ target: proxyAddresses, expression: 'Split("a,b",",")', mergeType: merge }`) +
    rule(11, `{ target: proxyAddresses, expression: '${middle}', mergeType: merge }`, 'name: corp.example') +
    rule(12, '{ target: proxyAddresses, constant: c, mergeType: merge }')
  );
}

function merged(text: string, previous?: Attributes, ...changes: readonly Parameters<typeof user>[]): MergedObject {
  const rules = ruleSet(`rules:\n${text}`);
  const objects = (changes.length === 0 ? [[{}] as Parameters<typeof user>] : changes).map((each) => user(...each));
  const parts = objects.map((object, connectorRank) => ({ connectorRank, result: rules.inbound(object) }));
  return rules.merge(parts, previous);
}

describe('the value of a metaverse attribute', () => {
  it('is that of the rule with the lowest precedence', () => {
    const object = merged(
      rule(20, '{ target: department, constant: b }') + rule(10, '{ target: department, constant: a }'),
      undefined,
      [{ department: 'c' }],
    );
    assert.deepEqual(object.attributes['department'], ['a']);
    assert.deepEqual(object.lineage['department'], [
      { rule: { name: 'Custom 10', precedence: 10 }, connector: 'corp.example', source: '"a"' },
    ]);
  });

  for (const [expression, previous, expected] of [
    ['NULL', undefined, ['c']],
    ['[missing]', undefined, ['c']],
    ['""', undefined, ['c']],
    ['AuthoritativeNull', undefined, undefined],
    ['AuthoritativeNull', ['old'], undefined],
    ['IgnoreThisFlow', ['old'], ['c']],
    ['IIF(IsPresent([department]),"a",NULL)', undefined, ['a']],
  ] as const) {
    it(`is ${String(expected)} after ${expression}, where the next rule gives c`, () => {
      const flow = `{ target: department, expression: '${expression}' }`;
      const object = merged(rule(10, flow), previous && { department: previous }, [{ department: 'c' }]);
      assert.deepEqual(object.attributes['department'], expected);
    });
  }

  it('stays as it was when every flow says IgnoreThisFlow, and is none when there was none', () => {
    const text = rule(10, "{ target: info, expression: 'IgnoreThisFlow' }");
    assert.deepEqual(merged(text, { info: ['old'] }).attributes['info'], ['old']);
    assert.equal(merged(text, {}).attributes['info'], undefined);
    assert.equal(merged(text).attributes['info'], undefined);
  });

  it('is set once where the flow applies once', () => {
    const text = rule(10, '{ target: info, constant: first, applyOnce: true }');
    assert.deepEqual(merged(text).attributes['info'], ['first']);
    assert.deepEqual(merged(text, {}).attributes['info'], ['first']);
    assert.deepEqual(merged(text, { info: ['changed'] }).attributes['info'], ['changed']);
    assert.equal(merged(text, { cn: ['Alice'] }).attributes['info'], undefined);
  });

  it('is that of the connector created first, of rules of the same precedence, in whatever order the parts come', () => {
    const objects = [user({ department: 'A' }), user({ department: 'B' }, 'mail.example')];
    const rules = ruleSet();
    const parts = objects.map((object, connectorRank) => ({ connectorRank, result: rules.inbound(object) }));
    for (const order of [parts, parts.toReversed()]) {
      const object = rules.merge(order);
      assert.deepEqual(object.attributes['department'], ['A']);
      assert.equal(object.lineage['department']?.[0]?.connector, 'corp.example');
    }
  });

  it('is of all connectors where it is merged', () => {
    const disabled = `disable: [${proxyRules.join(', ')}]\nrules:\n`;
    for (const [mergeType, expected] of [
      ['merge', ['SMTP:a@x', 'smtp:b@x', 'smtp:a@x', 'smtp:c@x']],
      ['mergeCaseInsensitive', ['SMTP:a@x', 'smtp:b@x', 'smtp:c@x']],
    ] as const) {
      const rules = ruleSet(
        disabled + rule(10, `{ target: proxyAddresses, source: proxyAddresses, mergeType: ${mergeType} }`),
      );
      const objects = [
        user({ proxyAddresses: ['SMTP:a@x', 'smtp:b@x'] }),
        user({ proxyAddresses: ['smtp:a@x', 'smtp:c@x'] }, 'mail.example'),
      ];
      const object = rules.merge(
        objects.map((each, connectorRank) => ({ connectorRank, result: rules.inbound(each) })),
      );
      assert.deepEqual(object.attributes['proxyAddresses'], expected);
      assert.deepEqual(
        object.lineage['proxyAddresses']?.map(({ connector }) => connector),
        ['corp.example', 'mail.example'],
      );
    }
  });

  it('is of all rules where it is merged, up to an authoritative NULL', () => {
    for (const [middle, previous, expected] of [
      ['NULL', undefined, ['a', 'b', 'c']],
      ['AuthoritativeNull', undefined, ['a', 'b']],
      ['IgnoreThisFlow', ['old'], ['a', 'b', 'old', 'c']],
    ] as const) {
      const rules = ruleSet(lists(middle));
      const parts = ['corp.example', 'mail.example'].map((name, connectorRank) => ({
        connectorRank,
        result: rules.inbound(user({}, name)),
      }));
      const object = rules.merge(parts, previous && { proxyAddresses: previous });
      assert.deepEqual(object.attributes['proxyAddresses'], expected, middle);
    }
  });

  it('cannot be several where the attribute has one', () => {
    const object = merged(rule(10, '{ target: department, source: proxyAddresses }'), undefined, [
      { proxyAddresses: ['a', 'b'], department: 'c' },
    ]);
    assert.deepEqual(object.problems, [
      { rule: 'Custom 10', attribute: 'department', message: 'it has one value, and the flow gives 2' },
    ]);
    assert.equal(object.attributes['department'], undefined);
  });

  it('is a problem of the object where an expression fails', () => {
    const object = merged(rule(10, `{ target: department, expression: 'Error("no department")' }`));
    assert.deepEqual(object.problems, [{ rule: 'Custom 10', attribute: 'department', message: 'no department' }]);
  });

  it('holds each value once', () => {
    const object = merged(rule(10, `{ target: proxyAddresses, expression: 'Split("a,b,,a",",")' }`));
    assert.deepEqual(object.attributes['proxyAddresses'], ['a', 'b']);
  });
});

describe('a reference', () => {
  it('comes with its sources by precedence', () => {
    const objects = [user({ mailNickname: undefined }), user({ mailNickname: 'al' }, 'mail.example')];
    const rules = ruleSet();
    const object = rules.merge(objects.map((each, connectorRank) => ({ connectorRank, result: rules.inbound(each) })));
    const manager = object.references.find(({ target }) => target === 'manager') ?? assert.fail();
    assert.equal(manager.merge, false);
    assert.deepEqual(
      manager.sources.map(({ part, source, rule: { precedence } }) => [part.result.connector, source, precedence]),
      [
        ['mail.example', 'manager', 104],
        ['corp.example', 'manager', 106],
        ['mail.example', 'manager', 106],
      ],
    );
  });
});

/** A custom rule to the tenant, with a flow. */
function custom(flow: string): string {
  return `rules:\n  - { name: Mine, direction: outbound, connector: { kind: tenant }, sourceType: person, targetType: user, linkType: join, precedence: 10, flows: [${flow}] }\n`;
}

describe('outbound attributes', () => {
  const object = {
    type: 'person',
    attributes: attributes({ sourceAnchor: 'AA==', accountEnabled: 'True', displayName: 'Ada', department: 'IT' }),
  } as const;

  for (const [flow, existing, expected] of [
    ['{ target: department, constant: x }', undefined, ['x']],
    ["{ target: department, expression: 'NULL' }", { department: ['old'] }, ['IT']],
    ["{ target: department, expression: 'AuthoritativeNull' }", { department: ['old'] }, undefined],
    ["{ target: mail, expression: 'IgnoreThisFlow' }", { mail: ['old'] }, undefined],
    ['{ target: department, constant: x, applyOnce: true }', undefined, ['x']],
    ['{ target: department, expression: \'ImportedValue("mail")\' }', { mail: ['m'] }, ['m']],
    ['{ target: department, expression: \'ImportedValue("mail")\' }', undefined, ['IT']],
  ] as const) {
    it(`with ${flow} and ${JSON.stringify(existing)} there: the department is ${String(expected ?? '')}`, () => {
      const result = ruleSet(custom(flow)).outbound(
        'tenant',
        object,
        existing ? { existing: attributes(existing) } : {},
      );
      const wanted = flow.includes('target: mail') ? ['IT'] : expected;
      assert.deepEqual(result.attributes['department'], wanted);
    });
  }

  it('that a flow leaves alone are those that are there', () => {
    const ignored = ruleSet(custom("{ target: mobile, expression: 'IgnoreThisFlow' }")).outbound('tenant', object, {
      existing: { mobile: ['1'] },
    });
    assert.deepEqual(ignored.attributes['mobile'], ['1']);
    const once = ruleSet(custom('{ target: mobile, constant: first, applyOnce: true }')).outbound('tenant', object, {
      existing: { mobile: ['1'] },
    });
    assert.deepEqual(once.attributes['mobile'], ['1']);
  });

  it('say which rule gives them, from what', () => {
    const { lineage } = ruleSet().outbound('tenant', object);
    assert.deepEqual(lineage['displayName'], [
      { rule: { name: 'Out to AAD - User Identity', precedence: 124 }, source: 'displayName' },
    ]);
  });
});
