import { setImmediate } from 'node:timers/promises';
import { languageCmdlets } from './cmdlets/all.ts';
import { OperationError, PowerShellError } from './errors.ts';
import { check } from './evaluate/check.ts';
import type { DefinedFunction, Machine } from './evaluate/evaluator.ts';
import { errorObject, errorText, Fault, Interruption, type ErrorRecord } from './evaluate/faults.ts';
import { evaluatorOf } from './evaluate/interpreter.ts';
import { assign, lookUp, sessionScope } from './evaluate/scope.ts';
import { printerTo } from './format/printer.ts';
import type { Cmdlet, Services, StreamCmdlet, TextSink, TypeSpec } from './host.ts';
import { sourceOf } from './source.ts';
import { parse } from './syntax/parser.ts';
import { itemsOf } from './values/convert.ts';
import type { PsValue } from './values/value.ts';

/** Errors that `$Error` keeps. */
const KEPT_ERRORS = 256;
/** Calls and rounds of loops after which others have their turn. */
const TURN = 256;

/** What a session is made of. Scripts reach nothing else. */
export interface SessionOptions {
  readonly cmdlets: readonly Cmdlet[];
  readonly types: readonly TypeSpec[];
  /** Names that `Import-Module` accepts. */
  readonly modules: readonly string[];
  readonly out: TextSink;
  readonly error: TextSink;
  /** Columns of the output. */
  readonly width: number;
  readonly clock: { now(): number };
  newGuid(): string;
  /** Waits; ends early when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
  /** Asks the user; absent where nobody can answer. */
  readLine?(prompt: string): Promise<string>;
}

/** How an input ended. */
export interface Outcome {
  /** Whether an error was printed: a script then ends with exit status 1. */
  readonly hadErrors: boolean;
  /** Why nothing of it was run. */
  readonly refusal?: PowerShellError;
}

/** Variables and functions that stay from one input to the next. Inputs are run one at a time. */
export interface Session {
  /**
   * Runs a text: all of it is parsed and resolved before its first statement runs, and if anything is wrong with it, nothing is run
   * and the reason is printed with line and column. Errors of the script are printed in PowerShell's shape.
   */
  run(text: string, options?: { file?: string; signal?: AbortSignal }): Promise<Outcome>;
}

/** A session in which scripts run. */
export function createSession(options: SessionOptions): Session {
  const state: RunState = { signal: undefined, hadErrors: false, turns: 0 };
  const printer = printerTo((text) => options.out.write(text), options.width);
  const types = typeTable(options.types);
  const machine = machineOf(options, state, { types, flush: () => printer.flush() });
  const evaluator = evaluatorOf(machine);
  return {
    run: async (text, { file, signal } = {}) => {
      Object.assign(state, { signal, hadErrors: false, turns: 0 });
      machine.tryDepth = 0;
      machine.callDepth = 0;
      machine.cleanupDepth = 0;
      try {
        const source = sourceOf(text, file);
        const script = parse(source);
        check(script, source, {
          findCmdlet: (name) => machine.findCmdlet(name),
          findFunction: (name) => machine.functions.get(name.toLowerCase())?.definition,
          isType: (name) => types.has(name.toLowerCase()),
          modules: options.modules,
        });
        for (const statement of script.statements) {
          const flow = await evaluator.run([statement], { scope: machine.session, source }, (value) =>
            Promise.resolve(printer.print(value)),
          );
          printer.flush();
          if (flow === 'return') break;
        }
      } catch (error) {
        printer.flush();
        if (error instanceof PowerShellError) {
          machine.writeError(refusalText(error, text, file));
          return { hadErrors: true, refusal: error };
        }
        if (error instanceof Fault) machine.report(error.record);
        else if (error instanceof Interruption) machine.writeError(`${error.message}\n`);
        else throw error;
        return { hadErrors: true };
      }
      return { hadErrors: state.hadErrors };
    },
  };
}

/** What the parts of a session share. */
interface Own {
  readonly types: ReadonlyMap<string, TypeSpec>;
  readonly flush: () => void;
}

interface RunState {
  signal: AbortSignal | undefined;
  hadErrors: boolean;
  turns: number;
}

function machineOf(options: SessionOptions, state: RunState, own: Own): Machine {
  const { flush } = own;
  const session = sessionScope();
  for (const [name, value] of standardVariables) assign(session, name, value);
  const commands = commandTable([...languageCmdlets, ...options.cmdlets]);
  const writeError = (text: string) => {
    flush();
    options.error.write(text);
  };
  const machine: Machine = {
    session,
    functions: new Map<string, DefinedFunction>(),
    services: servicesOf(options, {
      ...own,
      commands: [...new Set(commands.values())],
      signal: () => machine.signal,
    }),
    findCmdlet: (name) => commands.get(name.toLowerCase()),
    report: (record: ErrorRecord) => {
      state.hadErrors = true;
      const errors = [errorObject(record), ...itemsOf(lookUp(session, 'Error'))].slice(0, KEPT_ERRORS);
      assign(session, 'Error', errors);
      writeError(errorText(record));
    },
    writeError,
    flush,
    breathe: async () => {
      state.turns += 1;
      if (state.turns % TURN === 0) await setImmediate();
      if (machine.signal?.aborted === true) throw new Interruption();
    },
    get signal() {
      return machine.cleanupDepth > 0 ? undefined : state.signal;
    },
    succeeded: true,
    failures: 0,
    tryDepth: 0,
    callDepth: 0,
    cleanupDepth: 0,
  };
  return machine;
}

const standardVariables: readonly (readonly [string, PsValue])[] = [
  ['ErrorActionPreference', 'Continue'],
  ['WarningPreference', 'Continue'],
  ['VerbosePreference', 'SilentlyContinue'],
  ['WhatIfPreference', false],
  ['Error', []],
];

function servicesOf(
  options: SessionOptions,
  own: Own & { commands: readonly (Cmdlet | StreamCmdlet)[]; signal: () => AbortSignal | undefined },
): Services & { newGuid(): string } {
  return {
    width: options.width,
    modules: options.modules,
    commands: () => own.commands,
    create: (typeName, values) => {
      const type = own.types.get(typeName.toLowerCase());
      if (type !== undefined) return type.create(values);
      throw new OperationError(
        'ERR_POWERSHELL_ARGUMENT',
        `Cannot find type [${typeName}].`,
        'See docs/powershell.md for the types.',
      );
    },
    now: () => options.clock.now(),
    newGuid: () => options.newGuid(),
    sleep: (milliseconds) => options.sleep(milliseconds, own.signal()),
    readLine: (prompt) => {
      own.flush();
      if (options.readLine !== undefined) return options.readLine(prompt);
      throw new OperationError(
        'ERR_POWERSHELL_HOST',
        'Nobody is there to answer a question.',
        'Give the value in the script.',
      );
    },
    say: (text) => {
      own.flush();
      options.out.write(text);
    },
    render: (values, width) => {
      let text = '';
      const printer = printerTo((part) => {
        text += part;
      }, width);
      for (const value of values) printer.print(value);
      printer.flush();
      return text;
    },
  };
}

function commandTable(cmdlets: readonly (Cmdlet | StreamCmdlet)[]): ReadonlyMap<string, Cmdlet | StreamCmdlet> {
  return new Map(
    cmdlets.flatMap((cmdlet) =>
      [cmdlet.name, ...(cmdlet.aliases ?? [])].map((name) => [name.toLowerCase(), cmdlet] as const),
    ),
  );
}

function typeTable(types: readonly TypeSpec[]): ReadonlyMap<string, TypeSpec> {
  return new Map(
    types.flatMap((type) => [type.name, ...(type.aliases ?? [])].map((name) => [name.toLowerCase(), type] as const)),
  );
}

function refusalText(error: PowerShellError, text: string, file: string | undefined): string {
  const lineText = text.replace(/^\uFEFF/u, '').split(/\r\n?|\n/u)[error.line - 1] ?? '';
  const where = file === undefined ? `line:${error.line}` : `${file}:${error.line}`;
  const shown = lineText.slice(0, 1000);
  return [
    `At ${where} char:${error.column}`,
    `+ ${shown}`,
    `+ ${' '.repeat(Math.min(error.column - 1, shown.length))}~`,
    error.message,
    error.nextStep,
    `    + FullyQualifiedErrorId : ${error.code}`,
    '',
    '',
  ].join('\n');
}
