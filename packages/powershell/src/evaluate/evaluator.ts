import type { Cmdlet, Services, Sink, StreamCmdlet } from '../host.ts';
import type { Source } from '../source.ts';
import type { Expression, FunctionDefinition, Statement } from '../syntax/ast.ts';
import type { PsValue } from '../values/value.ts';
import type { ErrorRecord } from './faults.ts';
import type { Scope } from './scope.ts';

/** Where code runs: its variables, and the text it comes from. */
export interface Frame {
  readonly scope: Scope;
  readonly source: Source;
}

/** How a statement ended. */
export type Flow = 'next' | 'break' | 'continue' | 'return';

/** A function with the text it is from. */
export interface DefinedFunction {
  readonly definition: FunctionDefinition;
  readonly source: Source;
}

/** What a session keeps while scripts run in it. */
export interface Machine {
  readonly session: Scope;
  readonly functions: Map<string, DefinedFunction>;
  readonly services: Services & { newGuid(): string };
  /** A cmdlet by name or alias. */
  findCmdlet(name: string): Cmdlet | StreamCmdlet | undefined;
  /** Prints an error and remembers it. */
  report(record: ErrorRecord): void;
  writeError(text: string): void;
  /** Ends what was printed so far as one table or list. */
  flush(): void;
  /** Called at each statement, round of a loop and call: lets others have their turn, and notices an interruption. */
  breathe(): Promise<void>;
  /** Raised by an interruption; undefined while `finally` runs, which an interruption does not end. */
  readonly signal: AbortSignal | undefined;
  /** How many `finally` are running. */
  cleanupDepth: number;
  /** Whether the last statement had no error: `$?`. */
  succeeded: boolean;
  /** Errors so far, shown or not. */
  failures: number;
  /** How many `try` with a `catch` are around what runs. */
  tryDepth: number;
  callDepth: number;
}

/** The parts of the evaluator, which need each other; bound together in `interpreter.ts`. */
export interface Evaluator {
  readonly machine: Machine;
  /** The value of an expression. */
  value(expression: Expression, frame: Frame): Promise<PsValue>;
  /** The same, and undefined for what gives nothing: a method without a value, `$i++`. */
  valueOrNothing(expression: Expression, frame: Frame): Promise<PsValue | undefined>;
  /** What a statement gives as one value: null, the value, or an array of several. */
  collect(statement: Statement, frame: Frame): Promise<PsValue>;
  /** What statements give, one by one. */
  gather(statements: readonly Statement[], frame: Frame): Promise<PsValue[]>;
  run(statements: readonly Statement[], frame: Frame, out: Sink): Promise<Flow>;
  statement(statement: Statement, frame: Frame, out: Sink): Promise<Flow>;
  pipeline(statement: Statement & { kind: 'pipeline' }, frame: Frame, out: Sink): Promise<void>;
}
