import { OperationError } from '../errors.ts';
import type { Cmdlet, ParameterSpec, Stage, StreamCmdlet } from '../host.ts';
import type { Command, Expression } from '../syntax/ast.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';
import { convertArgument } from './arguments.ts';
import { bind, missing, parametersOf, type Binding, type BindingElement } from './binding.ts';
import { cmdletStage, guarded, type CallSite } from './calls.ts';
import type { DefinedFunction } from './evaluator.ts';
import { placed } from './faults.ts';
import { callFunction, functionSpecs } from './functions.ts';
import { lookUp } from './scope.ts';

/** An evaluated argument; `literal` is what was written, for a number that a parameter wants as a text. */
interface EvaluatedArgument {
  readonly value: PsValue;
  readonly literal: string | undefined;
}

/** The stage of a command: of the function of its name, else of the cmdlet. Its arguments are evaluated now. */
export async function commandStage(site: CallSite): Promise<Stage> {
  const { evaluator, command, frame } = site;
  try {
    const elements = await evaluateElements(site);
    const defined = evaluator.machine.functions.get(command.name.toLowerCase());
    if (defined !== undefined) return functionStage(site, defined, elements);
    const cmdlet = evaluator.machine.findCmdlet(command.name);
    if (cmdlet === undefined) throw notFound(command);
    const binding = bind(elements, parametersOf(cmdlet), asItIs);
    return cmdletStage(site, cmdlet, boundArguments(site, cmdlet, binding));
  } catch (error) {
    throw placed(error, { source: frame.source, at: command.at });
  }
}

function functionStage(
  site: CallSite,
  defined: DefinedFunction,
  elements: readonly BindingElement<EvaluatedArgument>[],
): Stage {
  const { evaluator, command, frame, out } = site;
  const { block } = defined.definition;
  const binding = bind(elements, functionSpecs(block), asItIs);
  const [extra] = binding.rest;
  if (extra !== undefined && block.isAdvanced) throw superfluous(extra);
  const values = new Map(
    [...binding.bound].map(([parameter, argument]) => [parameter.name, givenTo(parameter, argument)] as const),
  );
  const rest = binding.rest.map(({ value }) => value);
  return {
    process: () => Promise.resolve(),
    end: () => guarded(site, command.name, () => callFunction(evaluator, defined, { values, rest, frame, out })),
  };
}

function boundArguments(
  site: CallSite,
  cmdlet: Cmdlet | StreamCmdlet,
  { bound, rest }: Binding<EvaluatedArgument>,
): ReadonlyMap<string, PsValue> {
  const restParameter = cmdlet.parameters.find(({ takesRest }) => takesRest === true);
  const [extra] = rest;
  if (extra !== undefined && restParameter === undefined) throw superfluous(extra);
  const needed = cmdlet.parameters.filter(({ pipeline }) => site.index === 0 || pipeline === undefined);
  const [absent] = missing({ bound, rest }, needed);
  if (absent !== undefined) {
    throw new OperationError('ERR_POWERSHELL_ARGUMENT', `The parameter '${absent.name}' is mandatory.`, 'Give it.');
  }
  const values = new Map<string, PsValue>();
  for (const [parameter, argument] of bound) {
    const further = parameter === restParameter ? rest.map(({ value }) => value) : [];
    const given = givenTo(parameter, argument);
    values.set(parameter.name, convertArgument(further.length === 0 ? given : [given, ...further], parameter));
  }
  return values;
}

/** A switch without an argument is on; a text parameter gets a number as it was written. */
function givenTo(parameter: ParameterSpec, argument: EvaluatedArgument | undefined): PsValue {
  if (argument === undefined) return true;
  return (parameter.type === 'string' ? argument.literal : undefined) ?? argument.value;
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

function superfluous({ value }: EvaluatedArgument): OperationError {
  const shown = textOf(value).slice(0, 100);
  const message = `No parameter takes the argument '${shown}'.`;
  return new OperationError('ERR_POWERSHELL_ARGUMENT', message, 'Get-Help shows the parameters.');
}
