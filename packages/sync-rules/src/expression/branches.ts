import { badExpression } from '../errors.ts';
import { countArguments, type Call, type Compiled, type CompileNode, type Scope } from './compiled.ts';
import { at, truth } from './operation.ts';
import type { Node } from './parse.ts';
import { isList, type Kind, type List, type Value } from './value.ts';

const branching = new Set(['IIF', 'Switch', 'With', 'Select', 'Where']);

export function isBranching(name: string): boolean {
  return branching.has(name);
}

/** Functions that evaluate only some of their arguments, or one of them with a variable. */
export function compileBranches(node: Call, scope: Scope, compileNode: CompileNode): Compiled {
  switch (node.name) {
    case 'IIF':
      return iif(node, scope, compileNode);
    case 'Switch':
      return switched(node, scope, compileNode);
    case 'With':
      return withVariable(node, scope, compileNode);
    default:
      return overItems(node, scope, compileNode);
  }
}

/** With a condition of several values, each picks its own: the value at its place of an attribute of as many, or NULL. */
function iif(node: Call, scope: Scope, compileNode: CompileNode): Compiled {
  countArguments(node, 3, 3);
  const [condition, yes, no] = node.args.map((each) => compileNode(each, scope));
  if (!condition || !yes || !no) throw badExpression(node.at, 'IIF takes 3 arguments');
  needCondition(condition, node.args[0] ?? node);
  return {
    kind: unified([yes.kind, no.kind]),
    evaluate: (input) => {
      const holds = condition.evaluate(input);
      if (!isList(holds)) return (truth(holds) ? yes : no).evaluate(input);
      const one: Value = yes.evaluate(input);
      const other: Value = no.evaluate(input);
      return holds.map((each, index) => at(truth(each) ? one : other, index));
    },
  };
}

/** The value after the first condition that holds; NULL when none does. Later conditions are not evaluated. */
function switched(node: Call, scope: Scope, compileNode: CompileNode): Compiled {
  countArguments(node, 2, Infinity);
  if (node.args.length % 2 !== 0) throw badExpression(node.at, 'Switch takes pairs of a condition and a value');
  const args = node.args.map((each) => compileNode(each, scope));
  const cases = Array.from({ length: args.length / 2 }, (_, index) => {
    const [condition, value] = args.slice(index * 2, index * 2 + 2);
    if (!condition || !value) throw badExpression(node.at, 'Switch takes pairs of a condition and a value');
    needCondition(condition, node.args[index * 2] ?? node);
    return { condition, value };
  });
  return {
    kind: unified(cases.map(({ value }) => value.kind)),
    evaluate: (input) => cases.find(({ condition }) => truth(condition.evaluate(input)))?.value.evaluate(input) ?? null,
  };
}

function withVariable(node: Call, scope: Scope, compileNode: CompileNode): Compiled {
  countArguments(node, 3, 3);
  const { name, value, index, inner } = bound(node, scope, compileNode);
  const body = compileNode(node.args[2] ?? name, inner(value.kind));
  return {
    kind: body.kind,
    evaluate: (input) => {
      input.variables[index] = value.evaluate(input);
      return body.evaluate(input);
    },
  };
}

/** `Select` gives a value for each item, `Where` the items for which the condition holds. */
function overItems(node: Call, scope: Scope, compileNode: CompileNode): Compiled {
  countArguments(node, 3, 3);
  const { name, value, index, inner } = bound(node, scope, compileNode);
  const body = compileNode(node.args[2] ?? name, inner(value.kind));
  const where = node.name === 'Where';
  if (where) needCondition(body, node.args[2] ?? node);
  return {
    kind: where ? value.kind : body.kind,
    evaluate: (input) => {
      const each = (item: List[number]): Value => {
        input.variables[index] = item;
        return body.evaluate(input);
      };
      const items = itemsOf(value.evaluate(input));
      return where ? items.filter((item) => truth(each(item))) : items.map((item) => at(each(item), 0));
    },
  };
}

function itemsOf(value: Value): List {
  if (isList(value)) return value;
  const item = at(value, 0);
  return item === null ? [] : [item];
}

interface Bound {
  readonly name: Node;
  readonly value: Compiled;
  readonly index: number;
  readonly inner: (kind: Kind) => Scope;
}

/** The variable and what it stands for: the first two arguments. */
function bound(node: Call, scope: Scope, compileNode: CompileNode): Bound {
  const [name, value] = node.args;
  if (name?.type !== 'variable' || !value)
    throw badExpression(node.at, `the first argument of ${node.name} is a variable: $name`);
  if (scope.variables.has(name.value))
    throw badExpression(name.at, `$${name.value} is taken; name the inner variable otherwise`);
  const index = scope.variables.size;
  return {
    name,
    value: compileNode(value, scope),
    index,
    inner: (kind) => ({ ...scope, variables: new Map(scope.variables).set(name.value, { index, kind }) }),
  };
}

function needCondition(condition: Compiled, node: Node): void {
  if (condition.kind === 'boolean' || condition.kind === 'unknown' || condition.kind === 'null') return;
  throw badExpression(node.at, `a condition is expected, not a ${condition.kind}`);
}

/** One kind for the values of all branches; those that give no value do not count. */
function unified(kinds: readonly Kind[]): Kind {
  const different = new Set(kinds.filter((kind) => kind !== 'null' && kind !== 'control'));
  if (different.size === 0) return kinds.includes('control') ? 'control' : 'null';
  const [first] = different;
  return different.size === 1 && first !== undefined ? first : 'unknown';
}
