import { OperationError } from '../errors.ts';
import type { Arguments, Cmdlet, CmdletCall, ParameterSpec, Sink, Stage, StreamCall, StreamCmdlet } from '../host.ts';
import { propertyOf } from '../members/members.ts';
import type { Command } from '../syntax/ast.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import { isTrue } from '../values/truth.ts';
import type { PsScriptBlock, PsValue } from '../values/value.ts';
import { argumentsOf, convertArgument } from './arguments.ts';
import { parametersOf } from './binding.ts';
import type { Evaluator, Frame } from './evaluator.ts';
import { Fault, Interruption, PipelineStop, recordOf, type ErrorRecord } from './faults.ts';
import { assign, lookUp } from './scope.ts';

/** A cmdlet about to run as a part of a pipeline. */
export interface CallSite {
  readonly evaluator: Evaluator;
  readonly command: Command;
  readonly frame: Frame;
  readonly out: Sink;
  /** The pipeline that it is a part of. */
  readonly pipeline: object;
  /** Place in the pipeline, from 0. */
  readonly index: number;
}

/** The stage of a cmdlet with its arguments, by parameter. */
export function cmdletStage(site: CallSite, cmdlet: Cmdlet | StreamCmdlet, bound: ReadonlyMap<string, PsValue>): Stage {
  const parameters = parametersOf(cmdlet);
  if ('stream' in cmdlet) {
    const call = streamCall(site, cmdlet, argumentsOf(parameters, bound));
    const stage = cmdlet.stream(call, site.out);
    return {
      process: (value) => guarded(site, cmdlet.name, () => stage.process(value)),
      end: () => guarded(site, cmdlet.name, () => stage.end()),
    };
  }
  const runWith = async (values: ReadonlyMap<string, PsValue>) => {
    await guarded(site, cmdlet.name, async () => {
      const call = callOf(site, cmdlet.name, argumentsOf(parameters, values));
      if (
        cmdlet.changes === undefined ||
        (await mayChange(site, cmdlet.name, cmdlet.changes(call.arguments), call.arguments))
      ) {
        await write(await cmdlet.run(call), site.out);
      }
    });
  };
  return {
    process: (value) =>
      guarded(site, cmdlet.name, async () => {
        const values = fromPipeline(cmdlet, bound, value);
        if (values !== undefined) return runWith(values);
        const error = new OperationError(
          'ERR_POWERSHELL_ARGUMENT',
          'The input object cannot be bound to any parameters for the command.',
          'Give it as an argument instead.',
        );
        callOf(site, cmdlet.name, argumentsOf(parameters, bound)).fail(error);
      }),
    end: () => (site.index > 0 ? Promise.resolve() : runWith(bound)),
  };
}

/** Errors of a cmdlet get its name and place; one of a cmdlet that was interrupted is no error. */
export async function guarded(site: CallSite, name: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Fault || error instanceof Interruption || error instanceof PipelineStop) throw error;
    if (site.evaluator.machine.signal?.aborted === true) throw new Interruption();
    throw new Fault(recordOf(error, { source: site.frame.source, at: site.command.at }, name), 'statement');
  }
}

async function write(result: PsValue | undefined | AsyncIterable<PsValue>, out: Sink): Promise<void> {
  if (result === undefined) return;
  if (result !== null && typeof result === 'object' && Symbol.asyncIterator in result) {
    for await (const value of result) await out(value);
    return;
  }
  for (const value of isList(result) ? itemsOf(result) : [result]) await out(value);
}

/** The arguments with those that an object of the pipeline gives; undefined when it fits no parameter. */
function fromPipeline(
  cmdlet: Cmdlet,
  bound: ReadonlyMap<string, PsValue>,
  value: PsValue,
): ReadonlyMap<string, PsValue> | undefined {
  const open = cmdlet.parameters.filter(({ name, pipeline }) => pipeline !== undefined && !bound.has(name));
  const values = new Map(bound);
  for (const parameter of open.filter(({ pipeline }) => pipeline === 'name')) {
    const names = [parameter.name, ...(parameter.aliases ?? [])];
    const property = names.map((name) => propertyOf(value, name)).find((found) => found !== undefined);
    if (property !== undefined) values.set(parameter.name, convertArgument(property.get(), parameter));
  }
  if (values.size === bound.size) {
    const whole = open.find((parameter) => parameter.pipeline === 'value' && takesWhole(parameter, value));
    if (whole !== undefined) values.set(whole.name, convertArgument(value, whole));
  }
  const isComplete = cmdlet.parameters.every(({ name, mandatory }) => mandatory !== true || values.has(name));
  return values.size > bound.size && isComplete ? values : undefined;
}

/** An object is no text or number, though every object has a text. */
function takesWhole({ type }: ParameterSpec, value: PsValue): boolean {
  return type === 'object' || !isKind(value, 'object');
}

function streamCall(site: CallSite, cmdlet: StreamCmdlet, values: Arguments): StreamCall {
  const { evaluator, frame } = site;
  return {
    ...callOf(site, cmdlet.name, values),
    services: evaluator.machine.services,
    hasInput: site.index > 0,
    invoke: (block, item, out) => invokeBlock(evaluator, block, { item, frame, out }),
    stop: () => {
      throw new PipelineStop(site.pipeline, site.index);
    },
  };
}

async function invokeBlock(
  evaluator: Evaluator,
  block: PsScriptBlock,
  run: { item: PsValue; frame: Frame; out: Sink },
): Promise<void> {
  const { scope } = run.frame;
  await evaluator.machine.breathe();
  const before = lookUp(scope, '_');
  assign(scope, '_', run.item);
  try {
    await evaluator.run(block.literal.block.statements, { scope, source: block.source }, run.out);
  } finally {
    assign(scope, '_', before);
  }
}

function callOf(site: CallSite, name: string, values: Arguments): CmdletCall {
  const { evaluator, frame, command } = site;
  const { machine } = evaluator;
  const preference = (parameter: string, variable: string) =>
    (values.text(parameter) ?? textOf(lookUp(frame.scope, variable))).toLowerCase();
  const showsVerbose = () =>
    values.has('Verbose') ? values.flag('Verbose') : preferenceShows(textOf(lookUp(frame.scope, 'VerbosePreference')));
  return {
    arguments: values,
    signal: machine.signal,
    warn: (text) => {
      const action = preference('WarningAction', 'WarningPreference');
      if (action !== 'silentlycontinue' && action !== 'ignore') machine.writeError(`WARNING: ${text}\n`);
      if (action === 'stop')
        throw new OperationError('ERR_POWERSHELL_WRITTEN', text, 'The warning ends the script, as it was told to.');
    },
    verbose: (text) => {
      if (showsVerbose()) machine.writeError(`VERBOSE: ${text}\n`);
    },
    fail: (error) => {
      const record: ErrorRecord = recordOf(error, { source: frame.source, at: command.at }, name);
      const action = preference('ErrorAction', 'ErrorActionPreference');
      machine.failures += 1;
      if (action === 'stop') throw new Fault(record, 'script');
      if (action !== 'silentlycontinue' && action !== 'ignore') machine.report(record);
    },
  };
}

function preferenceShows(preference: string): boolean {
  return /^(?:continue|stop|inquire)$/iu.test(preference);
}

/** Asks under `-Confirm`, and says what would happen under `-WhatIf`. */
async function mayChange(
  { evaluator, frame }: CallSite,
  name: string,
  target: string,
  values: Arguments,
): Promise<boolean> {
  const { machine } = evaluator;
  const action = `Performing the operation "${name}" on target "${target}".`;
  const whatIf = values.has('WhatIf') ? values.value('WhatIf') : lookUp(frame.scope, 'WhatIfPreference');
  if (isTrue(whatIf)) {
    machine.services.say(`What if: ${action}\n`);
    return false;
  }
  if (!values.flag('Confirm')) return true;
  const answer = await machine.services.readLine(`Confirm\n${action}\n[Y] Yes  [N] No (default is "Y"): `);
  return /^(?:y|yes|)$/iu.test(answer.trim());
}
