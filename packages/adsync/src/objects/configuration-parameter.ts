import type { ConfigurationParameter } from '@causeway/control';
import { keyedCollection, object, type PsCollection, type PsObject, type PsValue } from '@causeway/powershell';
import { argumentInvalid } from '../errors.ts';
import { isKind, propertyOf, typeNameOf } from './values.ts';

/** Name of the type in scripts, after `New-Object`. */
export const parameterTypeName = typeNameOf('ConfigurationParameter');

/** Words for what a value is. The agent keeps text; that is what `String` is. */
const types = ['String'] as const;
/** Words for what a parameter belongs to: a connector as a whole, or synchronization as a whole. */
const scopes = ['ConnectorGlobal', 'SynchronizationGlobal'] as const;

/**
 * What `New-Object …ConfigurationParameter` makes of its arguments: name, word for the type, word for the scope,
 * description, pattern of valid values, standard value. The value itself is not there yet.
 *
 * @throws {CausewayError} ERR_ADSYNC_ARGUMENT
 */
export function newParameter(args: readonly PsValue[]): PsObject {
  const [name, type, scope, description, pattern, standard] = args;
  if (args.length !== 6) {
    throw argumentInvalid(
      `A ConfigurationParameter is made of 6 arguments, and ${args.length} are given`,
      'Give name, String, ConnectorGlobal, $null, $null, $null.',
    );
  }
  if (typeof name !== 'string' || name.trim() === '') {
    throw argumentInvalid('The name of a ConfigurationParameter is empty', 'Give its name as the first argument.');
  }
  return parameterObject({
    name,
    type: wordOf(type, types, 'type'),
    scope: wordOf(scope, scopes, 'scope'),
    description: textOf(description),
    regexValidationPattern: textOf(pattern),
    defaultValue: textOf(standard),
    value: null,
  });
}

/** A parameter that only holds a text. */
export function textParameter(name: string, value: string, scope: (typeof scopes)[number]): ConfigurationParameter {
  return {
    name,
    value,
    scope,
    type: 'String',
    description: null,
    regexValidationPattern: null,
    defaultValue: null,
  };
}

/** A parameter for scripts; what is assigned to its `Value` becomes text. */
export function parameterObject(parameter: ConfigurationParameter): PsObject {
  return object({
    typeName: parameterTypeName,
    properties: [
      fixed('Name', parameter.name),
      fixed('Type', parameter.type),
      fixed('Scope', parameter.scope),
      fixed('Description', parameter.description),
      fixed('RegexValidationPattern', parameter.regexValidationPattern),
      fixed('DefaultValue', parameter.defaultValue),
      { name: 'Value', value: parameter.value, type: { scalar: 'string', isArray: false } },
      fixed('Extensible', false),
      fixed('PageNumber', 0),
      fixed('Intrinsic', false),
      fixed('DataType', 'System.String'),
    ],
    display: { as: 'list', properties: ['Name', 'Type', 'Scope', 'Value'] },
    text: () => parameter.name,
  });
}

/** Parameters keyed by their names: `Remove(name)`, `Add(parameter)`, `[name]`. */
export function parameterCollection(parameters: readonly ConfigurationParameter[]): PsCollection {
  return keyedCollection(
    typeNameOf('ParameterKeyedCollection'),
    (item) => parameterOf(item).name,
    parameters.map(parameterObject),
  );
}

/**
 * The parameter that a script holds.
 *
 * @throws {CausewayError} ERR_ADSYNC_ARGUMENT when it is something else.
 */
export function parameterOf(value: PsValue): ConfigurationParameter {
  if (propertyOf(value, parameterTypeName, 'Name') === undefined) {
    const what = isKind(value, 'object') ? value.typeName : 'plain value';
    throw argumentInvalid(`A ${what} is no ConfigurationParameter`, `Make one with New-Object ${parameterTypeName}.`);
  }
  const text = (name: string): string | null => textOf(propertyOf(value, parameterTypeName, name));
  return {
    name: text('Name') ?? '',
    type: text('Type') ?? '',
    scope: text('Scope') ?? '',
    description: text('Description'),
    regexValidationPattern: text('RegexValidationPattern'),
    defaultValue: text('DefaultValue'),
    value: text('Value'),
  };
}

function fixed(name: string, value: PsValue) {
  return { name, value, readOnly: true };
}

function textOf(value: PsValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function wordOf(value: PsValue | undefined, words: readonly string[], what: string): string {
  const found = words.find((word) => typeof value === 'string' && word.toLowerCase() === value.toLowerCase());
  if (found !== undefined) return found;
  throw argumentInvalid(
    `The ${what} of a ConfigurationParameter is not ${typeof value === 'string' ? value : 'a word'} here`,
    `Use ${words.join(' or ')}.`,
  );
}
