import { PowerShellError } from '../errors.ts';
import { placeOf, type Source, type Span } from '../source.ts';
import { object } from '../values/object.ts';
import type { PsObject, PsValue } from '../values/value.ts';

/** An error of a running script, with its place. */
export interface ErrorRecord {
  readonly message: string;
  readonly code: string;
  readonly nextStep: string | undefined;
  /** The cmdlet or function that failed. */
  readonly command: string | undefined;
  readonly source: Source;
  readonly at: Span;
  /** What `throw` was given. */
  readonly thrown: PsValue;
}

/**
 * An error on its way up. `statement` ends the statement in which it happened, and the script goes on with the next one, as
 * PowerShell does with what a cmdlet or an expression fails with; `script` ends everything: `throw`, and errors under `Stop`.
 */
export class Fault extends Error {
  readonly record: ErrorRecord;
  readonly ends: 'statement' | 'script';

  constructor(record: ErrorRecord, ends: 'statement' | 'script') {
    super(record.message);
    this.name = 'Fault';
    this.record = record;
    this.ends = ends;
  }
}

/** The user has interrupted the script. Nothing in a script catches it. */
export class Interruption extends Error {
  constructor() {
    super('The script was interrupted.');
    this.name = 'Interruption';
  }
}

/** `Select-Object -First` has what it wants. */
export class PipelineStop extends Error {
  /** The pipeline that is meant; one inside another has its own. */
  readonly pipeline: object;
  readonly stage: number;

  constructor(pipeline: object, stage: number) {
    super('The pipeline is stopped.');
    this.name = 'PipelineStop';
    this.pipeline = pipeline;
    this.stage = stage;
  }
}

/** The record of anything a step of a script has thrown. */
export function recordOf(error: unknown, place: { source: Source; at: Span }, command?: string): ErrorRecord {
  const text = (name: string) => {
    const value: unknown = error instanceof Error ? (error as unknown as Record<string, unknown>)[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return {
    message: text('message') ?? String(error),
    code: text('code') ?? 'ERR_POWERSHELL_HOST',
    nextStep: text('nextStep'),
    command,
    ...place,
    thrown: null,
  };
}

/**
 * Adds the place to an error of a step: one of the evaluator, or a host's with a code. What already has a place, or is no error of
 * a script, stays as it is.
 */
export function placed(error: unknown, place: { source: Source; at: Span }): unknown {
  const isOperational = error instanceof Error && 'code' in error && !(error instanceof PowerShellError);
  return isOperational ? new Fault(recordOf(error, place), 'statement') : error;
}

const records = new WeakMap<PsObject, ErrorRecord>();

/** The record as `$_` in `catch` and in `$Error`. */
export function errorObject(record: ErrorRecord): PsObject {
  const place = placeOf(record.source, record.at.start);
  const exception = object({
    typeName: 'System.Exception',
    properties: [{ name: 'Message', value: record.message, readOnly: true }],
    text: () => record.message,
  });
  const invocation = object({
    typeName: 'System.Management.Automation.InvocationInfo',
    properties: [
      { name: 'ScriptLineNumber', value: place.line, readOnly: true },
      { name: 'OffsetInLine', value: place.column, readOnly: true },
      { name: 'Line', value: place.lineText, readOnly: true },
    ],
  });
  const value = object({
    typeName: 'System.Management.Automation.ErrorRecord',
    properties: [
      { name: 'Exception', value: exception, readOnly: true },
      { name: 'TargetObject', value: record.thrown, readOnly: true },
      { name: 'FullyQualifiedErrorId', value: record.code, readOnly: true },
      { name: 'InvocationInfo', value: invocation, readOnly: true },
    ],
    text: () => record.message,
  });
  records.set(value, record);
  return value;
}

/** The record behind an error object, which `throw $_` throws again. */
export function recordBehind(value: PsValue): ErrorRecord | undefined {
  return value !== null && typeof value === 'object' && 'kind' in value && value.kind === 'object'
    ? records.get(value)
    : undefined;
}

/** An error as PowerShell prints it: what, where, and what to do. */
export function errorText(record: ErrorRecord): string {
  const { line, column, lineText } = placeOf(record.source, record.at.start);
  const length = Math.max(1, Math.min(record.at.end - record.at.start, lineText.length - column + 1));
  const where = record.source.file === undefined ? `line:${line}` : `${record.source.file}:${line}`;
  return [
    `${record.command === undefined ? '' : `${record.command} : `}${record.message}`,
    ...(record.nextStep === undefined || record.nextStep === '' ? [] : [record.nextStep]),
    `At ${where} char:${column}`,
    `+ ${lineText}`,
    `+ ${' '.repeat(column - 1)}${'~'.repeat(length)}`,
    `    + FullyQualifiedErrorId : ${record.code}${record.command === undefined ? '' : `,${record.command}`}`,
    '',
    '',
  ].join('\n');
}
