import { badExpression, failedExpression } from '../errors.ts';
import { countArguments, type Call, type Compiled, type CompileNode, type Scope } from './compiled.ts';
import { compileBranches, isBranching } from './branches.ts';
import {
  accepts,
  coerce,
  coerceNull,
  describeParameter,
  takesWhole,
  type FunctionDefinition,
  type ParameterKind,
} from './function.ts';
import { dateFunctions } from './date-functions.ts';
import { listFunctions } from './list-functions.ts';
import { nameFunctions } from './name-functions.ts';
import { at as valueAt, sameLength } from './operation.ts';
import { textFunctions } from './text-functions.ts';
import { valueFunctions } from './value-functions.ts';
import { isList, type Scalar, type Value } from './value.ts';

const functions: ReadonlyMap<string, FunctionDefinition> = new Map(
  Object.entries({ ...textFunctions, ...listFunctions, ...dateFunctions, ...nameFunctions, ...valueFunctions }),
);

/** Names that are written like functions and are none of the tables. */
const special = ['IIF', 'Switch', 'Select', 'Where', 'With', 'ImportedValue', 'Now', 'IsString', 'ConvertToBase64'];

/** Every function there is, for documentation and tests. */
export const functionNames: readonly string[] = [...functions.keys(), ...special].sort();

/** A function call, its arguments checked. */
export function compileCall(node: Call, scope: Scope, compileNode: CompileNode): Compiled {
  if (isBranching(node.name)) return compileBranches(node, scope, compileNode);
  const args = node.args.map((each) => compileNode(each, scope));
  switch (node.name) {
    case 'Now':
      countArguments(node, 0, 0);
      return { kind: 'date', evaluate: (input) => new Date(input.clock.now()) };
    case 'IsString':
      return isString(node, args);
    case 'ConvertToBase64':
      return toBase64(node, args);
    default:
      return ordinary(node, args);
  }
}

function ordinary(node: Call, args: readonly Compiled[]): Compiled {
  const definition = functions.get(node.name);
  if (!definition) throw badExpression(node.at, unknown(node.name));
  const { parameters } = definition;
  countArguments(node, definition.required, parameters.length);
  args.forEach((arg, index) => {
    const parameter = parameters[index] ?? 'value';
    if (accepts(parameter, arg.kind)) return;
    const place = node.args[index]?.at ?? node.at;
    throw badExpression(
      place,
      `argument ${index + 1} of ${node.name} is a ${describeParameter(parameter)}, not a ${arg.kind}`,
    );
  });
  return {
    kind: definition.result,
    evaluate: takesWhole(parameters) ? whole(definition, args) : each(definition, args),
  };
}

function unknown(name: string): string {
  const alike = functionNames.find((known) => known.toLowerCase() === name.toLowerCase());
  if (alike !== undefined) return `there is no function ${name}; it is written ${alike}`;
  if (/^(guid|randomnum)$/i.test(name))
    return `there is no function ${name}: the same object has to give the same result again`;
  return `there is no function ${name}; docs/sync-rules.md lists them`;
}

/** Gives an attribute to the function with all of its values. */
function whole(definition: FunctionDefinition, args: readonly Compiled[]): Compiled['evaluate'] {
  const { parameters } = definition;
  const call = definition.call as (...values: unknown[]) => Value;
  return (input) =>
    call(
      ...args.map((arg, index) => {
        const parameter = parameters[index] ?? 'value';
        const value = arg.evaluate(input);
        if (parameter === 'value') return value;
        if (parameter === 'list') return listOf(value);
        return argument(parameter, valueAt(value, 0));
      }),
    );
}

function listOf(value: Value): Value {
  if (value === null) return [];
  if (typeof value === 'symbol') throw failedExpression('AuthoritativeNull and IgnoreThisFlow can only be a result');
  return isList(value) ? value : [value];
}

/** Applies the function to each value of an attribute that has several. */
function each(definition: FunctionDefinition, args: readonly Compiled[]): Compiled['evaluate'] {
  const { parameters, ofNull } = definition;
  const call = definition.call as (...values: unknown[]) => Value;
  const apply = (values: readonly Value[], index: number): Value => {
    const first = valueAt(values[0] ?? null, index);
    if (first === null) return ofNull ?? null;
    const rest = values
      .slice(1)
      .map((value, place) => argument(parameters[place + 1] ?? 'value', valueAt(value, index)));
    return call(coerce(parameters[0] ?? 'value', first), ...rest);
  };
  const [only] = args;
  const parameter = parameters[0] ?? 'value';
  if (only && args.length === 1) {
    return (input) => {
      const value = only.evaluate(input);
      if (value === null) return ofNull ?? null;
      if (isList(value)) return value.map((_, index) => scalar(apply([value], index)));
      return call(coerce(parameter, valueAt(value, 0) ?? ''));
    };
  }
  return (input) => {
    const values = args.map((arg) => arg.evaluate(input));
    if (!values.some(isList)) return apply(values, 0);
    return Array.from({ length: sameLength(values) }, (_, index) => scalar(apply(values, index)));
  };
}

function argument(parameter: ParameterKind, value: Scalar | null): unknown {
  return value === null ? coerceNull(parameter) : coerce(parameter, value);
}

function scalar(value: Value): Scalar | null {
  if (isList(value) || typeof value === 'symbol') throw failedExpression('a list inside of a list');
  return value;
}

/** Whether a value is text, and not binary. */
function isString(node: Call, args: readonly Compiled[]): Compiled {
  countArguments(node, 1, 1);
  const [arg] = args;
  const text = arg?.kind === 'string' || arg?.kind === 'unknown' || arg?.kind === 'reference';
  return { kind: 'boolean', evaluate: (input) => text && typeof arg.evaluate(input) === 'string' };
}

/** Binary values are base64 already; of a text, its UTF-16 is encoded. */
function toBase64(node: Call, args: readonly Compiled[]): Compiled {
  countArguments(node, 1, 1);
  const [arg] = args;
  if (arg?.kind === 'binary') return { kind: 'string', evaluate: arg.evaluate };
  if (arg && !accepts('string', arg.kind))
    throw badExpression(node.at, `argument 1 of ${node.name} is a string or binary, not a ${arg.kind}`);
  return {
    kind: 'string',
    evaluate: each({ parameters: ['string'], required: 1, result: 'string', ofNull: null, call: encodeUtf16 }, args),
  };
}

function encodeUtf16(value: string): string {
  return Buffer.from(value, 'utf16le').toString('base64');
}
