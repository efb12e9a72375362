import type { PsValue } from '../values/value.ts';
import type { Evaluator, Machine } from './evaluator.ts';
import { evaluate, evaluateExpression } from './expressions.ts';
import { collectStatement, runPipeline } from './pipelines.ts';
import { runStatement, runStatements } from './statements.ts';

/** The evaluator of a session. */
export function evaluatorOf(machine: Machine): Evaluator {
  const evaluator: Evaluator = {
    machine,
    value: (expression, frame) => evaluate(evaluator, expression, frame),
    valueOrNothing: (expression, frame) => evaluateExpression(evaluator, expression, frame),
    collect: (statement, frame) => collectStatement(evaluator, statement, frame),
    gather: async (statements, frame) => {
      const values: PsValue[] = [];
      await evaluator.run(statements, frame, (value) => Promise.resolve(void values.push(value)));
      return values;
    },
    run: (statements, frame, out) => runStatements(evaluator, statements, frame, out),
    statement: (statement, frame, out) => runStatement(evaluator, statement, frame, out),
    pipeline: (statement, frame, out) => runPipeline(evaluator, statement, frame, out),
  };
  return evaluator;
}
