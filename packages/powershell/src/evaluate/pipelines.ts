import { OperationError } from '../errors.ts';
import type { Sink, Stage } from '../host.ts';
import type { Command, Expression, Pipeline, Statement } from '../syntax/ast.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';
import { convertArgument } from './arguments.ts';
import { bind, missing, parametersOf, type BindingElement } from './binding.ts';
import { cmdletStage, guarded, type CallSite } from './calls.ts';
import type { Evaluator, Frame } from './evaluator.ts';
import { PipelineStop, placed } from './faults.ts';
import { callFunction, functionSpecs } from './functions.ts';
import { lookUp } from './scope.ts';

/** An evaluated argument; `literal` is what was written, for a number that a parameter wants as a text. */
interface EvaluatedArgument {
  readonly value: PsValue;
  readonly literal: string | undefined;
}

/** Runs a pipeline: the first element gives values, each goes through all commands before the next one comes. */
export async function runPipeline(
  evaluator: Evaluator,
  { elements }: Pipeline,
  frame: Frame,
  out: Sink,
): Promise<void> {
  const stages: Stage[] = [];
  let next = out;
  for (let index = elements.length - 1; index >= 0; index -= 1) {
    const element = elements[index];
    if (element?.kind !== 'command') break;
    const stage = await commandStage({ evaluator, command: element, frame, out: next, index });
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
    if (!(error instanceof PipelineStop) || error.stage < offset) throw error;
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

async function commandStage(site: CallSite): Promise<Stage> {
  const { evaluator, command, frame, out } = site;
  const { machine } = evaluator;
  try {
    const defined = machine.functions.get(command.name.toLowerCase());
    const elements = await evaluateElements(site);
    if (defined !== undefined) {
      const binding = bind(elements, functionSpecs(defined.definition.block), asItIs);
      const values = new Map(
        [...binding.bound].map(([parameter, value]) => [parameter.name, argumentValue(value)] as const),
      );
      const rest = binding.rest.map(({ value }) => value);
      return {
        process: () => Promise.resolve(),
        end: () => guarded(site, command.name, () => callFunction(evaluator, defined, { values, rest, frame, out })),
      };
    }
    const cmdlet = machine.findCmdlet(command.name);
    if (cmdlet === undefined) throw notFound(command);
    const binding = bind(elements, parametersOf(cmdlet), asItIs);
    const restParameter = cmdlet.parameters.find(({ takesRest }) => takesRest === true);
    const [extra] = binding.rest;
    if (extra !== undefined && restParameter === undefined) {
      const shown = textOf(extra.value).slice(0, 100);
      throw new OperationError(
        'ERR_POWERSHELL_ARGUMENT',
        `No parameter takes the argument '${shown}'.`,
        'Get-Help shows the parameters.',
      );
    }
    const [absent] = missing(
      binding,
      cmdlet.parameters.filter(({ pipeline }) => site.index === 0 || pipeline === undefined),
    );
    if (absent !== undefined) {
      throw new OperationError('ERR_POWERSHELL_ARGUMENT', `The parameter '${absent.name}' is mandatory.`, 'Give it.');
    }
    const values = new Map<string, PsValue>();
    for (const [parameter, argument] of binding.bound) {
      const written = parameter.type === 'string' ? argument?.literal : undefined;
      const rest = parameter === restParameter ? binding.rest.map(({ value }) => value) : [];
      const given = written ?? argumentValue(argument);
      values.set(parameter.name, convertArgument(rest.length === 0 ? given : [given, ...rest], parameter));
    }
    return cmdletStage(site, cmdlet, values);
  } catch (error) {
    throw placed(error, { source: frame.source, at: command.at });
  }
}

/** A switch without an argument is on. */
function argumentValue(argument: EvaluatedArgument | undefined): PsValue {
  return argument === undefined ? true : argument.value;
}

async function evaluateElements({ evaluator, command, frame }: CallSite): Promise<BindingElement<EvaluatedArgument>[]> {
  const elements: BindingElement<EvaluatedArgument>[] = [];
  const evaluated = async (value: Expression) => ({
    value: await evaluator.value(value, frame),
    literal: value.kind === 'number' ? value.text : undefined,
  });
  for (const element of command.elements) {
    if (element.kind === 'argument') elements.push({ kind: 'positional', value: await evaluated(element.value) });
    else if (element.kind === 'splat') elements.push(...splatted(lookUp(frame.scope, element.variable.name)));
    else {
      const value = element.value === undefined ? undefined : await evaluated(element.value);
      elements.push({ kind: 'named', name: element.name, value });
    }
  }
  return elements;
}

/** A hashtable gives named arguments, an array positional ones. */
function splatted(value: PsValue): BindingElement<EvaluatedArgument>[] {
  if (isKind(value, 'hashtable')) {
    return [...value.entries.values()].map((entry) => ({
      kind: 'named',
      name: textOf(entry.key),
      value: { value: entry.value, literal: undefined },
    }));
  }
  return itemsOf(value).map((item) => ({ kind: 'positional', value: { value: item, literal: undefined } }));
}

function notFound({ name }: Command): OperationError {
  return new OperationError(
    'ERR_POWERSHELL_UNKNOWN_COMMAND',
    `The function '${name}' is not defined yet.`,
    'Define it before it is called.',
  );
}

function asItIs(_: number, error: OperationError): OperationError {
  return error;
}
