import type { Sink, Stage } from '../host.ts';
import type { Pipeline, Statement } from '../syntax/ast.ts';
import { itemsOf } from '../values/convert.ts';
import { isList } from '../values/kinds.ts';
import type { PsValue } from '../values/value.ts';
import { commandStage } from './command-stages.ts';
import type { Evaluator, Frame } from './evaluator.ts';
import { PipelineStop } from './faults.ts';

/** Runs a pipeline: the first element gives values, each goes through all commands before the next one comes. */
export async function runPipeline(evaluator: Evaluator, statement: Pipeline, frame: Frame, out: Sink): Promise<void> {
  const { elements } = statement;
  const pipeline = {};
  const stages: Stage[] = [];
  let next = out;
  for (let index = elements.length - 1; index >= 0; index -= 1) {
    const element = elements[index];
    if (element?.kind !== 'command') break;
    const stage = await commandStage({ evaluator, command: element, frame, out: next, pipeline, index });
    stages.unshift(stage);
    next = (value) => stage.process(value);
  }
  const [first] = elements;
  const endFrom = async (index: number) => {
    for (const stage of stages.slice(index)) await stage.end();
  };
  try {
    if (first?.kind === 'expressionElement') {
      await emit(await evaluator.valueOrNothing(first.expression, frame), next);
    }
    await endFrom(0);
  } catch (error) {
    // The commands behind the one that wants no more still finish.
    const offset = elements.length - stages.length;
    if (!(error instanceof PipelineStop) || error.pipeline !== pipeline) throw error;
    await endFrom(error.stage - offset + 1);
  }
}

/** What a statement gives as one value; a lone expression keeps its array as it is. */
export async function collectStatement(evaluator: Evaluator, statement: Statement, frame: Frame): Promise<PsValue> {
  const only = statement.kind === 'pipeline' && statement.elements.length === 1 ? statement.elements[0] : undefined;
  if (only?.kind === 'expressionElement') return evaluator.value(only.expression, frame);
  if (statement.kind === 'assignment') {
    await evaluator.statement(statement, frame, () => Promise.resolve());
    return evaluator.value(statement.target.kind === 'cast' ? statement.target.operand : statement.target, frame);
  }
  const values: PsValue[] = [];
  await evaluator.statement(statement, frame, (value) => Promise.resolve(void values.push(value)));
  return values.length > 1 ? values : (values[0] ?? null);
}

/** Writes a value to a pipeline: a list item by item, nothing for nothing. */
async function emit(value: PsValue | undefined, out: Sink): Promise<void> {
  if (value === undefined) return;
  for (const item of isList(value) ? [...itemsOf(value)] : [value]) await out(item);
}
