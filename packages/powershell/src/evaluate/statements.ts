import { sameText } from '../operators/compare.ts';
import { applyBinary } from '../operators/binary.ts';
import type { Assignment, Pipeline, Statement, Switch, Throw, Try, While } from '../syntax/ast.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import { isTrue } from '../values/truth.ts';
import type { PsValue } from '../values/value.ts';
import type { Sink } from '../host.ts';
import { runAssignment } from './assignments.ts';
import type { Evaluator, Flow, Frame } from './evaluator.ts';
import { errorObject, Fault, recordBehind, recordOf } from './faults.ts';
import { assign, lookUp } from './scope.ts';

/** Runs statements in order. One that fails is reported and the next one runs, unless something outside catches. */
export async function runStatements(
  evaluator: Evaluator,
  statements: readonly Statement[],
  frame: Frame,
  out: Sink,
): Promise<Flow> {
  const { machine } = evaluator;
  for (const statement of statements) {
    await machine.breathe();
    try {
      const flow = await evaluator.statement(statement, frame, out);
      if (flow !== 'next') return flow;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      machine.failures += 1;
      machine.succeeded = false;
      if (error.ends === 'script' || machine.tryDepth > 0) throw error;
      const action = textOf(lookUp(frame.scope, 'ErrorActionPreference')).toLowerCase();
      if (action === 'stop') throw new Fault(error.record, 'script');
      if (action === 'silentlycontinue' || action === 'ignore') continue;
      machine.report(error.record);
    }
  }
  return 'next';
}

/** Runs one statement. */
export async function runStatement(evaluator: Evaluator, statement: Statement, frame: Frame, out: Sink): Promise<Flow> {
  const { machine } = evaluator;
  switch (statement.kind) {
    case 'pipeline':
    case 'assignment':
      return runSimple(evaluator, statement, frame, out);
    case 'if':
      for (const { condition, body } of statement.clauses) {
        if (isTrue(await evaluator.collect(condition, frame))) return evaluator.run(body, frame, out);
      }
      return evaluator.run(statement.otherwise, frame, out);
    case 'forEach':
      return runForEach(evaluator, statement, frame, out);
    case 'for':
      return runFor(evaluator, statement, frame, out);
    case 'while':
      return runWhile(evaluator, statement, frame, out);
    case 'switch':
      return runSwitch(evaluator, statement, frame, out);
    case 'break':
    case 'continue':
      return statement.kind;
    case 'return':
      if (statement.value !== undefined) await evaluator.statement(statement.value, frame, out);
      return 'return';
    case 'throw':
      throw await thrownBy(evaluator, statement, frame);
    case 'try':
      return runTry(evaluator, statement, frame, out);
    case 'function':
      machine.functions.set(statement.name.toLowerCase(), { definition: statement, source: frame.source });
      return 'next';
  }
}

/** A pipeline or an assignment; sets `$?`, which it may itself read. */
async function runSimple(
  evaluator: Evaluator,
  statement: Pipeline | Assignment,
  frame: Frame,
  out: Sink,
): Promise<Flow> {
  const { machine } = evaluator;
  const before = machine.failures;
  if (statement.kind === 'pipeline') await evaluator.pipeline(statement, frame, out);
  else await runAssignment(evaluator, statement, await evaluator.collect(statement.value, frame), frame);
  machine.succeeded = machine.failures === before;
  return 'next';
}

/** What a body means for its loop: null to go on. */
function afterBody(flow: Flow): Flow | null {
  if (flow === 'break') return 'next';
  return flow === 'return' ? flow : null;
}

async function runForEach(
  evaluator: Evaluator,
  statement: Statement & { kind: 'forEach' },
  frame: Frame,
  out: Sink,
): Promise<Flow> {
  const collection = await evaluator.collect(statement.collection, frame);
  for (const item of isList(collection) ? [...itemsOf(collection)] : itemsOf(collection)) {
    await evaluator.machine.breathe();
    assign(frame.scope, statement.variable.name, item);
    const left = afterBody(await evaluator.run(statement.body, frame, out));
    if (left !== null) return left;
  }
  return 'next';
}

async function runFor(
  evaluator: Evaluator,
  statement: Statement & { kind: 'for' },
  frame: Frame,
  out: Sink,
): Promise<Flow> {
  const { initial, condition, step, body } = statement;
  if (initial !== undefined) await evaluator.collect(initial, frame);
  for (;;) {
    if (condition !== undefined && !isTrue(await evaluator.collect(condition, frame))) return 'next';
    await evaluator.machine.breathe();
    const left = afterBody(await evaluator.run(body, frame, out));
    if (left !== null) return left;
    if (step !== undefined) await evaluator.collect(step, frame);
  }
}

async function runWhile(
  evaluator: Evaluator,
  { condition, body, bodyFirst, until }: While,
  frame: Frame,
  out: Sink,
): Promise<Flow> {
  for (let isFirst = true; ; isFirst = false) {
    await evaluator.machine.breathe();
    const skipsTest = bodyFirst && isFirst;
    if (!skipsTest && isTrue(await evaluator.collect(condition, frame)) === until) return 'next';
    const left = afterBody(await evaluator.run(body, frame, out));
    if (left !== null) return left;
  }
}

/** Every clause that fits runs, for each item of the value; `continue` goes on with the next item. */
async function runSwitch(evaluator: Evaluator, statement: Switch, frame: Frame, out: Sink): Promise<Flow> {
  const value = await evaluator.collect(statement.value, frame);
  for (const item of isList(value) ? itemsOf(value) : [value]) {
    const flow = await runClauses(evaluator, statement, item, { frame, out });
    if (flow === 'break') return 'next';
    if (flow === 'return') return flow;
  }
  return 'next';
}

async function runClauses(
  evaluator: Evaluator,
  statement: Switch,
  item: PsValue,
  place: { frame: Frame; out: Sink },
): Promise<Flow> {
  const { frame, out } = place;
  const before = lookUp(frame.scope, '_');
  assign(frame.scope, '_', item);
  try {
    let fitted = false;
    for (const { pattern, body } of statement.clauses) {
      if (!fits(await patternValue(evaluator, await evaluator.value(pattern, frame), frame), item, statement)) continue;
      fitted = true;
      const flow = await evaluator.run(body, frame, out);
      if (flow !== 'next') return flow;
    }
    return fitted ? 'next' : await evaluator.run(statement.otherwise, frame, out);
  } finally {
    assign(frame.scope, '_', before);
  }
}

/** A script block as a pattern decides itself. */
async function patternValue(evaluator: Evaluator, pattern: PsValue, frame: Frame): Promise<PsValue> {
  if (!isKind(pattern, 'scriptBlock')) return pattern;
  const values = await evaluator.gather(pattern.literal.block.statements, { ...frame, source: pattern.source });
  return isTrue(values);
}

function fits(pattern: PsValue, item: PsValue, { mode, caseSensitive }: Switch): boolean {
  if (typeof pattern === 'boolean') return pattern;
  const prefix = caseSensitive ? '-c' : '-';
  if (mode === 'wildcard') return isTrue(applyBinary(`${prefix}like`, textOf(item), textOf(pattern)));
  if (mode === 'regex') return isTrue(applyBinary(`${prefix}match`, textOf(item), textOf(pattern)));
  if (typeof item === 'string') return sameText(item, textOf(pattern), caseSensitive);
  return isTrue(applyBinary(`${prefix}eq`, item, pattern));
}

async function thrownBy(evaluator: Evaluator, { value, at }: Throw, frame: Frame): Promise<Fault> {
  const thrown = value === undefined ? lookUp(frame.scope, '_') : await evaluator.collect(value, frame);
  const again = recordBehind(thrown);
  if (again !== undefined) return new Fault(again, 'script');
  const message = value === undefined || thrown === null ? 'ScriptHalted' : textOf(thrown);
  const record = {
    ...recordOf(undefined, { source: frame.source, at }),
    message,
    code: 'ERR_POWERSHELL_THROWN',
    thrown,
  };
  return new Fault(record, 'script');
}

async function runTry(evaluator: Evaluator, { body, handler, cleanup }: Try, frame: Frame, out: Sink): Promise<Flow> {
  let flow: Flow;
  try {
    flow =
      handler === undefined
        ? await evaluator.run(body, frame, out)
        : await runCaught(evaluator, { body, handler }, frame, out);
  } finally {
    evaluator.machine.cleanupDepth += 1;
    try {
      await evaluator.run(cleanup, frame, out);
    } finally {
      evaluator.machine.cleanupDepth -= 1;
    }
  }
  return flow;
}

async function runCaught(
  evaluator: Evaluator,
  parts: { body: readonly Statement[]; handler: readonly Statement[] },
  frame: Frame,
  out: Sink,
): Promise<Flow> {
  const { machine } = evaluator;
  machine.tryDepth += 1;
  let fault: Fault;
  try {
    return await evaluator.run(parts.body, frame, out);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    fault = error;
  } finally {
    machine.tryDepth -= 1;
  }
  const before = lookUp(frame.scope, '_');
  assign(frame.scope, '_', errorObject(fault.record));
  try {
    return await evaluator.run(parts.handler, frame, out);
  } finally {
    assign(frame.scope, '_', before);
  }
}
