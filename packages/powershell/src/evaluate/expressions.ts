import { OperationError } from '../errors.ts';
import { callMethod, indexed, memberOf } from '../members/members.ts';
import { staticOf } from '../members/statics.ts';
import { applyBinary, applyUnary } from '../operators/binary.ts';
import type { Access, Accessor, Chain, Expression, TypeName, Variable } from '../syntax/ast.ts';
import { convert } from '../values/convert.ts';
import { hashtable } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import { isTrue } from '../values/truth.ts';
import { scalarTypeOf, type TypeReference } from '../values/type-names.ts';
import { typeValue } from '../values/type-of.ts';
import type { PsHashtable, PsValue } from '../values/value.ts';
import { store } from './assignments.ts';
import type { Evaluator, Frame } from './evaluator.ts';
import { placed } from './faults.ts';
import { assign, lookUp } from './scope.ts';

/** The value of an expression; undefined for what gives nothing. Errors get the place of the innermost part. */
export async function evaluateExpression(
  evaluator: Evaluator,
  expression: Expression,
  frame: Frame,
): Promise<PsValue | undefined> {
  try {
    if (expression.kind === 'access') return await evaluateAccess(evaluator, expression, frame);
    const value = await evaluateValue(evaluator, expression, frame);
    const isVoid = expression.kind === 'cast' && scalarTypeOf(expression.type.name) === 'void';
    return expression.kind === 'step' || isVoid ? undefined : value;
  } catch (error) {
    throw placed(error, { source: frame.source, at: expression.at });
  }
}

/** The value of an expression where one is needed. */
export async function evaluate(evaluator: Evaluator, expression: Expression, frame: Frame): Promise<PsValue> {
  try {
    if (expression.kind === 'access') return (await evaluateAccess(evaluator, expression, frame)) ?? null;
    return await evaluateValue(evaluator, expression, frame);
  } catch (error) {
    throw placed(error, { source: frame.source, at: expression.at });
  }
}

/** The type that a name in brackets means; the check before the run has seen that there is one. */
function typeReference(type: TypeName): TypeReference {
  const scalar = scalarTypeOf(type.name);
  if (scalar !== undefined) return { scalar, isArray: type.isArray };
  throw new OperationError(
    'ERR_POWERSHELL_CONVERSION',
    `Unable to find type [${type.name}].`,
    'Use a type that is listed in docs/powershell.md.',
  );
}

async function evaluateValue(
  evaluator: Evaluator,
  expression: Exclude<Expression, Access>,
  frame: Frame,
): Promise<PsValue> {
  const { source } = frame;
  switch (expression.kind) {
    case 'number':
    case 'string':
      return expression.value;
    case 'expandable':
      return expand(evaluator, expression.parts, frame);
    case 'variable':
      return readVariableValue(evaluator, expression, frame);
    case 'array':
      return evaluateAll(evaluator, expression.elements, frame);
    case 'unary':
      return applyUnary(expression.operator, await evaluator.value(expression.operand, frame));
    case 'cast':
      return convert(await evaluator.value(expression.operand, frame), typeReference(expression.type));
    case 'chain':
      return evaluateChain(evaluator, expression, frame);
    case 'step':
      return evaluateStep(evaluator, expression, frame);
    case 'type': {
      const { scalar, isArray } = typeReference(expression.type);
      return typeValue(scalar, isArray);
    }
    case 'paren':
      return evaluator.collect(expression.statement, frame);
    case 'subexpression': {
      const values = await evaluator.gather(expression.statements, frame);
      return values.length > 1 ? values : (values[0] ?? null);
    }
    case 'arrayExpression':
      return evaluator.gather(expression.statements, frame);
    case 'hashtable':
      return evaluateHashtable(evaluator, expression, frame);
    case 'scriptBlock': {
      const text = source.text.slice(expression.at.start, expression.at.end);
      return { kind: 'scriptBlock', literal: expression, text, source };
    }
  }
}

async function evaluateAll(evaluator: Evaluator, expressions: readonly Expression[], frame: Frame): Promise<PsValue[]> {
  const values: PsValue[] = [];
  for (const expression of expressions) values.push(await evaluator.value(expression, frame));
  return values;
}

async function expand(evaluator: Evaluator, parts: readonly (string | Expression)[], frame: Frame): Promise<string> {
  let text = '';
  for (const part of parts) text += typeof part === 'string' ? part : textOf(await evaluator.value(part, frame));
  return text;
}

function readVariableValue({ machine }: Evaluator, { name, scope }: Variable, frame: Frame): PsValue {
  const key = name.toLowerCase();
  if (key === 'true' || key === 'false') return key === 'true';
  if (key === 'null') return null;
  if (key === '?') return machine.succeeded;
  return lookUp(scope === 'session' ? frame.scope.session : frame.scope, name);
}

async function evaluateChain(evaluator: Evaluator, { first, rest }: Chain, frame: Frame): Promise<PsValue> {
  let left = await evaluator.value(first, frame);
  const onMatches = (matches: PsHashtable) => assign(frame.scope, 'Matches', matches);
  for (const { operator, operand } of rest) {
    if (operator === '-and') left = isTrue(left) && isTrue(await evaluator.value(operand, frame));
    else if (operator === '-or') left = isTrue(left) || isTrue(await evaluator.value(operand, frame));
    else left = applyBinary(operator, left, await evaluator.value(operand, frame), onMatches);
  }
  return left;
}

async function evaluateStep(
  evaluator: Evaluator,
  { target, by, isPrefix }: Expression & { kind: 'step' },
  frame: Frame,
): Promise<PsValue> {
  const before = (await evaluator.value(target, frame)) ?? 0;
  const after = applyBinary('+', before, by);
  await store(evaluator, target, after, frame);
  return isPrefix ? after : before;
}

async function evaluateHashtable(
  evaluator: Evaluator,
  { entries }: Expression & { kind: 'hashtable' },
  frame: Frame,
): Promise<PsValue> {
  const table = hashtable();
  for (const { key, value } of entries) {
    const name = await evaluator.value(key, frame);
    await callMethod(table, 'Add', [name, await evaluator.collect(value, frame)]);
  }
  return table;
}

async function evaluateAccess(
  evaluator: Evaluator,
  { base, accessors }: Access,
  frame: Frame,
): Promise<PsValue | undefined> {
  const [first, ...others] = accessors;
  const isStatic = first !== undefined && first.kind !== 'index' && first.isStatic;
  let value: PsValue | undefined = isStatic
    ? await evaluateStatic(evaluator, base, first, frame)
    : await evaluator.value(base, frame);
  for (const accessor of isStatic ? others : accessors) {
    const target: PsValue = value ?? null;
    if (accessor.kind === 'index') value = indexed(target, await evaluator.value(accessor.index, frame));
    else {
      const name = textOf(await evaluator.value(accessor.name, frame));
      if (accessor.kind === 'member') value = memberOf(target, name);
      else value = await callMethod(target, name, await evaluateAll(evaluator, accessor.arguments, frame));
    }
  }
  return value;
}

async function evaluateStatic(
  evaluator: Evaluator,
  base: Expression,
  accessor: Exclude<Accessor, { kind: 'index' }>,
  frame: Frame,
): Promise<PsValue> {
  const name = textOf(await evaluator.value(accessor.name, frame));
  const values = accessor.kind === 'call' ? await evaluateAll(evaluator, accessor.arguments, frame) : [];
  const found =
    base.kind === 'type' ? staticOf(typeReference(base.type).scalar, name, accessor.kind === 'call') : undefined;
  if (found === undefined) {
    throw new OperationError(
      'ERR_POWERSHELL_MEMBER',
      `There is no static member '${name}'.`,
      'See docs/powershell.md for those that exist.',
    );
  }
  return found.give(values, evaluator.machine.services);
}
