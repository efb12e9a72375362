import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { functionNames } from '../src/expression/call.ts';
import { builtInRules, operators, parameterNames } from '../src/index.ts';
import { exported, ruleSet, user } from './objects.ts';

const text = readFileSync(new URL('../../../docs/sync-rules.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml]) => yaml ?? '');

describe('docs/sync-rules.md', () => {
  it('names every function, operator and parameter', () => {
    for (const name of functionNames) assert.ok(text.includes(`\`${name}(`), name);
    for (const name of [...operators, ...parameterNames]) assert.ok(text.includes(`\`${name}\``), name);
  });

  it('names the precedence of every built-in rule', () => {
    const numbers = new Set(text.match(/\b1\d\d\b/g));
    for (const { name, precedence } of builtInRules().rules) assert.ok(numbers.has(String(precedence)), name);
  });

  it('has examples that do what it says', () => {
    const [form, filter, names] = examples.map((yaml) => ruleSet(yaml));
    assert.ok(form && filter && names);
    const contractor = user({ employeeType: 'Contractor', department: 'IT' });
    assert.deepEqual(form.inbound(contractor).problems, []);
    assert.deepEqual(exported(form, contractor).attributes['department'], ['IT (contractor)']);
    assert.equal(exported(filter, user({ extensionAttribute15: 'NoSync' })).inScope, false);
    assert.equal(exported(filter, user()).inScope, true);
    const ada = user({ sn: 'Lovelace', givenName: 'Ada', department: 'Sales', displayName: 'Ada Lovelace' });
    assert.deepEqual(exported(names, ada).attributes['displayName'], ['Lovelace, Ada (Sales)']);
    assert.deepEqual(exported(names, user({ displayName: 'Printer' })).attributes['displayName'], ['Printer']);
  });
});
