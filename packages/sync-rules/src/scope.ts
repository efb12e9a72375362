import { failedExpression } from './errors.ts';
import type { Attributes, Operator, ScopeClause } from './types.ts';

/** What a scoping filter looks at. */
export interface ScopeInput {
  readonly attributes: Attributes;
  readonly isMemberOf?: ((groupDn: string) => boolean) | undefined;
}

export type Condition = (input: ScopeInput) => boolean;

/** Operators that are another one's negation: they hold for an attribute that is not there. */
const negations: Readonly<Partial<Record<Operator, Operator>>> = {
  NOTEQUAL: 'EQUAL',
  NOTCONTAINS: 'CONTAINS',
  NOTSTARTSWITH: 'STARTSWITH',
  NOTENDSWITH: 'ENDSWITH',
  ISNOTNULL: 'ISNULL',
  ISNOTIN: 'ISIN',
  ISNOTBITSET: 'ISBITSET',
  ISNOTMEMBEROF: 'ISMEMBEROF',
};

/**
 * Whether an object is in the scope of a rule: all clauses of one of the groups hold; a rule without groups has
 * every object of its type in scope. Of several values, one that satisfies a clause is enough.
 *
 * @see Microsoft Entra Connect: Understanding Declarative Provisioning, Scope
 */
export function compileScope(groups: readonly (readonly ScopeClause[])[]): Condition {
  const compiled = groups.map((clauses) => clauses.map(compileClause));
  if (compiled.length === 0) return () => true;
  return (input) => compiled.some((clauses) => clauses.every((holds) => holds(input)));
}

/** One condition. `ISBITSET` throws ERR_SYNC_RULES_VALUE for an attribute that is not a number. */
export function compileClause(clause: ScopeClause): Condition {
  const { operator } = clause;
  const positive = negations[operator];
  if (positive !== undefined) {
    const holds = compileClause({ ...clause, operator: positive });
    return (input) => !holds(input);
  }
  const value = clause.value ?? '';
  if (operator === 'ISMEMBEROF') return (input) => input.isMemberOf?.(value) ?? false;
  const attribute = clause.attribute ?? '';
  if (operator === 'ISNULL') return (input) => input.attributes[attribute] === undefined;
  const test = tests[operator]?.(value, attribute);
  if (!test) return () => false;
  return (input) => input.attributes[attribute]?.some(test) ?? false;
}

type Test = (text: string) => boolean;

/** Tests of one value, by operator. */
const tests: Readonly<Partial<Record<Operator, (value: string, attribute: string) => Test>>> = {
  EQUAL: equals,
  ISIN: equals,
  CONTAINS: (value) => (text) => text.toLowerCase().includes(value.toLowerCase()),
  STARTSWITH: (value) => (text) => text.toLowerCase().startsWith(value.toLowerCase()),
  ENDSWITH: (value) => (text) => text.toLowerCase().endsWith(value.toLowerCase()),
  LESSTHAN: (value) => (text) => order(text, value) < 0,
  LESSTHAN_OR_EQUAL: (value) => (text) => order(text, value) <= 0,
  GREATERTHAN: (value) => (text) => order(text, value) > 0,
  GREATERTHAN_OR_EQUAL: (value) => (text) => order(text, value) >= 0,
  ISBITSET: (value, attribute) => bitTest(BigInt(value), attribute),
};

function equals(value: string): Test {
  const folded = value.toLowerCase();
  return (text) => text.toLowerCase() === folded;
}

const integer = /^-?\d{1,20}$/;

/** Numbers by value, everything else as text without regard to case. */
function order(text: string, value: string): number {
  if (integer.test(text) && integer.test(value))
    return Number(BigInt(text) > BigInt(value)) - Number(BigInt(text) < BigInt(value));
  const [a, b] = [text.toLowerCase(), value.toLowerCase()];
  return Number(a > b) - Number(a < b);
}

function bitTest(mask: bigint, attribute: string): Test {
  return (text) => {
    if (!integer.test(text)) throw failedExpression(`${attribute} is not a number`);
    return (BigInt(text) & mask) === mask;
  };
}
