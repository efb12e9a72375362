import type { ScalarType } from './values/type-names.ts';
import type { PsObject, PsScriptBlock, PsValue } from './values/value.ts';

/** Where text goes: a stream of the process, or a test's. */
export interface TextSink {
  write(text: string): unknown;
}

/** A parameter of a cmdlet. */
export interface ParameterSpec {
  readonly name: string;
  /** A type that arguments are converted to, or the words that are allowed, in any case. */
  readonly type: ScalarType | { readonly words: readonly string[] };
  /** Takes several values of the type. */
  readonly isArray?: boolean;
  /** An empty text or null is refused too. */
  readonly mandatory?: boolean;
  /** Place among arguments without a name, from 0. */
  readonly position?: number;
  /** Takes each object that comes through the pipeline: as it is, or the object's property of the parameter's name. */
  readonly pipeline?: 'value' | 'name';
  /** Takes the arguments too that no position is left for. */
  readonly takesRest?: boolean;
  readonly aliases?: readonly string[];
  readonly help?: string;
  /** The argument names a type or a module, which must exist before anything runs. */
  readonly names?: 'type' | 'module';
}

/** The arguments of one call by parameter, converted. Each throws for a name that the cmdlet does not declare. */
export interface Arguments {
  has(name: string): boolean;
  /** Null when it was not given. */
  value(name: string): PsValue;
  /** Undefined when it was not given; so for the others. */
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  /** False when it was not given. */
  flag(name: string): boolean;
  list(name: string): PsValue[] | undefined;
}

/** What a cmdlet is called with. */
export interface CmdletCall {
  readonly arguments: Arguments;
  /** Aborted when the user has interrupted the script. */
  readonly signal: AbortSignal | undefined;
  /** Writes a warning, unless warnings are silenced. */
  warn(text: string): void;
  /** Writes what is shown under `-Verbose` only. */
  verbose(text: string): void;
  /** Reports a failure that does not end the call, as `-ErrorAction` says. To end it, throw. */
  fail(error: Error): void;
}

interface CmdletDescription {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly synopsis: string;
  readonly module?: string;
  readonly parameters: readonly ParameterSpec[];
  /**
   * Given by a cmdlet that changes something: what a call would change, in words. It then takes `-WhatIf`, under which it is not
   * run, and `-Confirm`.
   */
  readonly changes?: (values: Arguments) => string;
}

/**
 * A cmdlet of the host. It is run once, or once for each object of the pipeline when one of its parameters takes these.
 * An array in its result is written to the pipeline item by item. What it throws becomes an error of the script; `code` and
 * `nextStep` of the error are shown when they are texts.
 */
export interface Cmdlet extends CmdletDescription {
  run(call: CmdletCall): Promise<PsValue | undefined> | AsyncIterable<PsValue>;
}

/** Takes values, one at a time. */
export type Sink = (value: PsValue) => Promise<void>;

/** One command in a running pipeline. */
export interface Stage {
  process(value: PsValue): Promise<void>;
  end(): Promise<void>;
}

/** What a cmdlet of the language itself may use besides. */
export interface StreamCall extends CmdletCall {
  readonly services: Services;
  /** Whether something is piped into it. */
  readonly hasInput: boolean;
  /** Runs a script block in the caller's scope with `$_`. */
  invoke(block: PsScriptBlock, item: PsValue, out: Sink): Promise<void>;
  /** Ends the pipeline before this command; `end` of the commands behind it still runs. */
  stop(): never;
}

/** A cmdlet of the language: it sees the whole stream. */
export interface StreamCmdlet extends CmdletDescription {
  stream(call: StreamCall, out: Sink): Stage;
}

/** A type for `New-Object`. Words such as `String` or `ConnectorGlobal` come as texts. */
export interface TypeSpec {
  /** The full .NET name. */
  readonly name: string;
  readonly aliases?: readonly string[];
  create(values: readonly PsValue[]): PsObject;
}

/** What the cmdlets of the language need from the session. */
export interface Services {
  readonly width: number;
  readonly modules: readonly string[];
  commands(): readonly (Cmdlet | StreamCmdlet)[];
  create(typeName: string, values: readonly PsValue[]): PsValue;
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  readLine(prompt: string): Promise<string>;
  /** Writes to the user, past the pipeline. */
  say(text: string): void;
  /** What would be printed for values. */
  render(values: readonly PsValue[], width: number): string;
}
