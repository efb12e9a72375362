import { OperationError } from '../errors.ts';
import { setIndexed, setMember } from '../members/members.ts';
import { applyBinary } from '../operators/binary.ts';
import type { Access, Assignment, Expression, Variable } from '../syntax/ast.ts';
import { itemsOf } from '../values/convert.ts';
import { textOf } from '../values/text.ts';
import { scalarTypeOf, type TypeReference } from '../values/type-names.ts';
import type { PsValue } from '../values/value.ts';
import type { Evaluator, Frame } from './evaluator.ts';
import { placed } from './faults.ts';
import { assign } from './scope.ts';

const readOnlyVariables = new Set(['true', 'false', '?', 'error']);

/** Runs an assignment whose value is known. */
export async function runAssignment(
  evaluator: Evaluator,
  statement: Assignment,
  value: PsValue,
  frame: Frame,
): Promise<void> {
  const { target, operator, at } = statement;
  try {
    const stored =
      operator === '='
        ? value
        : applyBinary(
            operator.slice(0, 1),
            await evaluator.value(target.kind === 'cast' ? target.operand : target, frame),
            value,
          );
    await store(evaluator, target, stored, frame);
  } catch (error) {
    throw placed(error, { source: frame.source, at });
  }
}

/** Stores a value in a variable, a property, an element, or one after the other in several variables. */
export async function store(evaluator: Evaluator, target: Expression, value: PsValue, frame: Frame): Promise<void> {
  if (target.kind === 'variable') return assignVariable(target, value, frame);
  if (target.kind === 'cast' && target.operand.kind === 'variable') {
    const scalar = scalarTypeOf(target.type.name) ?? 'object';
    return assignVariable(target.operand, value, frame, { scalar, isArray: target.type.isArray });
  }
  if (target.kind === 'array') return spread(target.elements, value, frame);
  if (target.kind === 'access') return storeMember(evaluator, target, value, frame);
  throw new OperationError(
    'ERR_POWERSHELL_OPERATION',
    'This cannot be assigned to.',
    'Assign to a variable or a property.',
  );
}

function assignVariable(variable: Variable, value: PsValue, frame: Frame, type?: TypeReference): void {
  // `$null = …` drops what it is given.
  if (variable.name.toLowerCase() === 'null') return;
  if (readOnlyVariables.has(variable.name.toLowerCase())) {
    throw new OperationError(
      'ERR_POWERSHELL_READ_ONLY',
      `The variable '$${variable.name}' is read-only.`,
      'Use another name.',
    );
  }
  assign(variable.scope === 'session' ? frame.scope.session : frame.scope, variable.name, value, type);
}

/** The last variable gets all that is left. */
function spread(targets: readonly Expression[], value: PsValue, frame: Frame): void {
  const items = itemsOf(value);
  for (const [index, target] of targets.entries()) {
    const rest = items.slice(index);
    const isLast = index === targets.length - 1;
    if (target.kind === 'variable') assignVariable(target, isLast && rest.length > 1 ? rest : (rest[0] ?? null), frame);
  }
}

async function storeMember(evaluator: Evaluator, target: Access, value: PsValue, frame: Frame): Promise<void> {
  const last = target.accessors.at(-1);
  const before = target.accessors.slice(0, -1);
  const owner = await evaluator.value(before.length === 0 ? target.base : { ...target, accessors: before }, frame);
  if (last?.kind === 'index') return setIndexed(owner, await evaluator.value(last.index, frame), value);
  if (last?.kind === 'member') return setMember(owner, textOf(await evaluator.value(last.name, frame)), value);
}
