import { failedExpression } from '../errors.ts';
import { asBoolean, asNumber, asText, quote, type Kind, type List, type Scalar, type Value } from './value.ts';

/**
 * What a parameter takes, and what the function then gets: `count` is a number as a JavaScript number, `value`
 * anything but a control literal, `list` all values of an attribute, and an array one of these words.
 */
export type ParameterKind =
  | 'string'
  | 'number'
  | 'count'
  | 'boolean'
  | 'binary'
  | 'date'
  | 'reference'
  | 'scalar'
  | 'value'
  | 'list'
  | readonly string[];

/** A function of the expression language. Those without `value` and `list` parameters apply to each value of an attribute. */
export interface FunctionDefinition {
  readonly parameters: readonly ParameterKind[];
  /** How many of the parameters have to be given. */
  readonly required: number;
  readonly result: Kind;
  /** The result when the first argument has no value; undefined when the function sees to it itself. */
  readonly ofNull: Value | undefined;
  readonly call: (...args: never[]) => Value;
}

interface Shape {
  readonly result: Kind;
  readonly required?: number;
  readonly ofNull?: Value;
}

/** A function of single values. Without `ofNull` it gives no value when its first argument has none. */
export function define(
  parameters: readonly ParameterKind[],
  shape: Shape,
  call: (...args: never[]) => Value,
): FunctionDefinition {
  return {
    parameters,
    required: shape.required ?? parameters.length,
    result: shape.result,
    ofNull: takesWhole(parameters) ? undefined : (shape.ofNull ?? null),
    call,
  };
}

/** Whether a function looks at an attribute as a whole, not at each of its values. */
export function takesWhole(parameters: readonly ParameterKind[]): boolean {
  return parameters.includes('value') || parameters.includes('list');
}

/** Whether an argument of a kind can be what a parameter takes: decided before there is an object. */
export function accepts(parameter: ParameterKind, kind: Kind): boolean {
  if (kind === 'control') return false;
  if (kind === 'unknown' || kind === 'null') return true;
  if (typeof parameter !== 'string') return kind === 'string';
  if (parameter === 'value' || parameter === 'list' || parameter === 'scalar') return true;
  if (parameter === 'count') return kind === 'number';
  if (parameter === 'reference') return kind === 'reference' || kind === 'string';
  return parameter === kind;
}

export function describeParameter(parameter: ParameterKind): string {
  if (typeof parameter !== 'string') return `one of ${parameter.join(', ')}`;
  return parameter === 'count' ? 'number' : parameter;
}

/**
 * A single value as the parameter takes it.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_VALUE when it cannot be.
 */
export function coerce(parameter: ParameterKind, value: Scalar): unknown {
  if (typeof parameter !== 'string') {
    if (parameter.includes(asText(value))) return value;
    throw failedExpression(`${quote(value)} is none of ${parameter.join(', ')}`);
  }
  switch (parameter) {
    case 'number':
      return asNumber(value);
    case 'count':
      return Number(BigInt.asIntN(32, clamp(asNumber(value))));
    case 'boolean':
      return asBoolean(value);
    case 'date':
      if (value instanceof Date) return value;
      throw failedExpression(`${quote(value)} is not a date; CDate and DateFromNum make one`);
    case 'string':
    case 'binary':
    case 'reference':
      if (typeof value === 'string') return value;
      throw failedExpression(`${quote(value)} is not a text; CStr makes one`);
    case 'scalar':
    case 'value':
    case 'list':
      return value;
  }
}

/** A missing value is an empty text, and an error where a function counts with it. */
export function coerceNull(parameter: ParameterKind): unknown {
  if (parameter === 'string' || parameter === 'reference' || parameter === 'binary') return '';
  if (parameter === 'value' || parameter === 'scalar') return null;
  if (parameter === 'list') return [] satisfies List;
  throw failedExpression('an argument has no value');
}

function clamp(number: bigint): bigint {
  if (number > 0x7fff_ffffn) return 0x7fff_ffffn;
  return number < -0x7fff_ffffn ? -0x7fff_ffffn : number;
}
