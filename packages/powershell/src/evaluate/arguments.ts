import { OperationError } from '../errors.ts';
import type { Arguments, ParameterSpec } from '../host.ts';
import { convert, itemsOf } from '../values/convert.ts';
import { isKind } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import { typeNames } from '../values/type-names.ts';
import type { PsValue } from '../values/value.ts';

/**
 * An argument converted to its parameter's type. Stricter than a cast, as PowerShell is here: no text becomes a truth value, no
 * array one text, and a mandatory parameter takes neither null nor an empty text.
 *
 * @throws OperationError ERR_POWERSHELL_ARGUMENT
 */
export function convertArgument(value: PsValue, parameter: ParameterSpec): PsValue {
  const { type, name } = parameter;
  if (parameter.mandatory === true && (value === null || value === '')) {
    throw argumentError(name, `it is ${value === null ? 'null' : 'an empty text'}`);
  }
  if (parameter.isArray === true)
    return value === null ? [] : itemsOf(value).map((item) => convertOne(item, parameter));
  if (Array.isArray(value) && type !== 'object' && type !== 'array') {
    throw argumentError(name, 'it is an array, and one value is expected; quote a text with commas');
  }
  return convertOne(value, parameter);
}

/** The arguments of a call, by parameter. */
export function argumentsOf(parameters: readonly ParameterSpec[], values: ReadonlyMap<string, PsValue>): Arguments {
  const given = (name: string): PsValue | undefined => {
    if (!parameters.some((parameter) => parameter.name === name)) {
      throw new OperationError(
        'ERR_POWERSHELL_HOST',
        `The cmdlet declares no parameter '${name}'.`,
        'Report this as a defect.',
      );
    }
    return values.get(name);
  };
  return {
    has: (name) => given(name) !== undefined,
    value: (name) => given(name) ?? null,
    text: (name) => {
      const value = given(name);
      return value === undefined ? undefined : textOf(value);
    },
    number: (name) => {
      const value = given(name);
      return typeof value === 'number' ? value : undefined;
    },
    flag: (name) => given(name) === true,
    list: (name) => {
      const value = given(name);
      return value === undefined ? undefined : itemsOf(value);
    },
  };
}

/** How a parameter's type is called in help. */
export function typeLabel(parameter: ParameterSpec): string {
  const { type } = parameter;
  const name = typeof type === 'string' ? (typeNames[type].fullName.split('.').at(-1) ?? '') : type.words.join('|');
  return parameter.isArray === true ? `${name}[]` : name;
}

function convertOne(value: PsValue, { type, name }: ParameterSpec): PsValue {
  if (typeof type !== 'string') {
    const word = type.words.find((one) => one.toLowerCase() === textOf(value).toLowerCase());
    if (word === undefined) throw argumentError(name, `"${shown(value)}" is none of ${type.words.join(', ')}`);
    return word;
  }
  if ((type === 'bool' || type === 'switch') && typeof value !== 'boolean' && typeof value !== 'number') {
    throw argumentError(name, `"${shown(value)}" is no truth value; use $true or $false`);
  }
  if (value === null) return type === 'string' ? '' : null;
  if (type === 'scriptblock' && !isKind(value, 'scriptBlock'))
    throw argumentError(name, 'a script block { … } is expected');
  try {
    return convert(value, { scalar: type, isArray: false });
  } catch (error) {
    if (error instanceof OperationError)
      throw argumentError(name, `"${shown(value)}" is no ${typeNames[type].fullName}`);
    throw error;
  }
}

function shown(value: PsValue): string {
  return textOf(value).slice(0, 100);
}

function argumentError(name: string, reason: string): OperationError {
  return new OperationError(
    'ERR_POWERSHELL_ARGUMENT',
    `Cannot bind the argument of parameter '${name}': ${reason}.`,
    'Correct the argument.',
  );
}
