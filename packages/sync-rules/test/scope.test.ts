import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileClause, compileScope } from '../src/scope.ts';
import { operators, type Operator, type ScopeClause } from '../src/types.ts';

const input = {
  attributes: {
    department: ['Sales'],
    userAccountControl: ['514'],
    proxyAddresses: ['SMTP:a@b', 'smtp:c@d'],
    count: ['9'],
    text: ['abc'],
  },
  isMemberOf: (dn: string) => dn === 'CN=In,DC=a',
};

const rows: readonly (readonly [
  operator: Operator,
  attribute: string | undefined,
  value: string | undefined,
  holds: boolean,
])[] = [
  ['EQUAL', 'department', 'sales', true],
  ['EQUAL', 'department', 'sale', false],
  ['EQUAL', 'missing', 'x', false],
  ['EQUAL', 'proxyAddresses', 'smtp:C@D', true],
  ['NOTEQUAL', 'department', 'SALES', false],
  ['NOTEQUAL', 'department', 'IT', true],
  ['NOTEQUAL', 'missing', 'x', true],
  ['LESSTHAN', 'count', '10', true],
  ['LESSTHAN', 'count', '9', false],
  ['LESSTHAN', 'text', 'ABD', true],
  ['LESSTHAN', 'missing', 'x', false],
  ['LESSTHAN_OR_EQUAL', 'count', '9', true],
  ['LESSTHAN_OR_EQUAL', 'count', '8', false],
  ['GREATERTHAN', 'count', '-10', true],
  ['GREATERTHAN', 'count', '10', false],
  ['GREATERTHAN', 'text', 'ABC', false],
  ['GREATERTHAN_OR_EQUAL', 'text', 'ABC', true],
  ['GREATERTHAN_OR_EQUAL', 'text', 'b', false],
  ['CONTAINS', 'department', 'ALE', true],
  ['CONTAINS', 'department', 'x', false],
  ['NOTCONTAINS', 'department', 'ale', false],
  ['NOTCONTAINS', 'missing', 'ale', true],
  ['STARTSWITH', 'department', 'SA', true],
  ['STARTSWITH', 'department', 'al', false],
  ['NOTSTARTSWITH', 'department', 'sa', false],
  ['NOTSTARTSWITH', 'missing', 'sa', true],
  ['ENDSWITH', 'department', 'LES', true],
  ['ENDSWITH', 'department', 'le', false],
  ['NOTENDSWITH', 'department', 'les', false],
  ['NOTENDSWITH', 'department', 'le', true],
  ['ISNULL', 'missing', undefined, true],
  ['ISNULL', 'department', undefined, false],
  ['ISNOTNULL', 'missing', undefined, false],
  ['ISNOTNULL', 'department', undefined, true],
  ['ISIN', 'proxyAddresses', 'smtp:c@d', true],
  ['ISIN', 'proxyAddresses', 'smtp:c', false],
  ['ISNOTIN', 'proxyAddresses', 'smtp:c@d', false],
  ['ISNOTIN', 'proxyAddresses', 'x', true],
  ['ISBITSET', 'userAccountControl', '2', true],
  ['ISBITSET', 'userAccountControl', '16', false],
  ['ISBITSET', 'userAccountControl', '18', false],
  ['ISBITSET', 'missing', '2', false],
  ['ISNOTBITSET', 'userAccountControl', '2', false],
  ['ISNOTBITSET', 'userAccountControl', '16', true],
  ['ISMEMBEROF', undefined, 'CN=In,DC=a', true],
  ['ISMEMBEROF', undefined, 'CN=Out,DC=a', false],
  ['ISNOTMEMBEROF', undefined, 'CN=In,DC=a', false],
  ['ISNOTMEMBEROF', undefined, 'CN=Out,DC=a', true],
];

describe('a scoping filter', () => {
  for (const [operator, attribute, value, holds] of rows) {
    it(`${attribute ?? 'the object'} ${operator} ${value ?? ''} is ${holds}`, () => {
      assert.equal(compileClause({ operator, attribute, value })(input), holds);
    });
  }

  it('has a row here for every operator, once true and once false', () => {
    for (const operator of operators) {
      assert.deepEqual(
        new Set(rows.filter(([each]) => each === operator).map(([, , , holds]) => holds)),
        new Set([true, false]),
        operator,
      );
    }
  });

  it('is of no group that the connector cannot tell', () => {
    assert.equal(compileClause({ operator: 'ISMEMBEROF', value: 'CN=In,DC=a' })({ attributes: {} }), false);
  });

  it('cannot tell a bit of what is not a number', () => {
    const clause = compileClause({ operator: 'ISBITSET', attribute: 'department', value: '2' });
    assert.throws(() => clause(input), { code: 'ERR_SYNC_RULES_VALUE' });
  });

  const yes: ScopeClause = { operator: 'ISNOTNULL', attribute: 'department' };
  const no: ScopeClause = { operator: 'ISNULL', attribute: 'department' };
  for (const [groups, holds] of [
    [[], true],
    [[[yes]], true],
    [[[no]], false],
    [[[yes, yes]], true],
    [[[yes, no]], false],
    [[[no], [yes]], true],
    [
      [
        [yes, no],
        [no, yes],
      ],
      false,
    ],
    [
      [
        [no, yes],
        [yes, yes],
      ],
      true,
    ],
  ] as const) {
    it(`of ${JSON.stringify(groups.map((group) => group.map((each) => each === yes)))} is ${holds}`, () => {
      assert.equal(compileScope(groups)(input), holds);
    });
  }
});
