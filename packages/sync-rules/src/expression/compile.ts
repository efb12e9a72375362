import { badExpression, failedExpression } from '../errors.ts';
import type { Attributes } from '../types.ts';
import type { AttributeRead, Call, Compiled, Input, Names, Scope } from './compiled.ts';
import { compileCall } from './call.ts';
import { compileOperation } from './operation.ts';
import type { Node } from './parse.ts';
import { asBoolean, asNumber, authoritativeNull, ignoreThisFlow, type Kind, type Value } from './value.ts';

/** Parameters that a forest's connector gives with each object, and that the tenant's does. */
export const parameterNames = [
  'Domain.FQDN',
  'Domain.Netbios',
  'Domain.LDAP',
  'Forest.FQDN',
  'Forest.Netbios',
  'Forest.LDAP',
  'Connector.ID',
  'Connector.Name',
] as const;

/**
 * The closure of an expression, its types checked.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_EXPRESSION naming what is unknown or of the wrong type.
 */
export function compileExpression(node: Node, names: Names): Compiled {
  return compileNode(node, { names, variables: new Map() });
}

function compileNode(node: Node, scope: Scope): Compiled {
  switch (node.type) {
    case 'text':
      return constant('string', node.value);
    case 'number':
      return constant('number', node.value);
    case 'attribute':
      return readAttribute(required(scope.names.attribute(node.value), node.at), (input) => input.attributes);
    case 'parameter':
      return readParameter(node.value, node.at);
    case 'variable':
      return readVariable(node.value, node.at, scope);
    case 'name':
      return literal(node.value, node.at);
    case 'operation':
      return compileOperation(node, compileNode(node.left, scope), compileNode(node.right, scope));
    case 'call':
      if (node.name === 'ImportedValue') return importedValue(node, scope);
      return compileCall(node, scope, compileNode);
  }
}

function constant(kind: Kind, value: Value): Compiled {
  return { kind, evaluate: () => value };
}

function literal(name: string, at: number): Compiled {
  switch (name) {
    case 'True':
      return constant('boolean', true);
    case 'False':
      return constant('boolean', false);
    case 'NULL':
      return constant('null', null);
    case 'CRLF':
      return constant('string', '\r\n');
    case 'AuthoritativeNull':
      return constant('control', authoritativeNull);
    case 'IgnoreThisFlow':
      return constant('control', ignoreThisFlow);
    case 'CaseInsensitive':
    case 'CaseSensitive':
    case 'vbBinaryCompare':
    case 'vbTextCompare':
    case 'Unicode':
    case 'ASCII':
    case 'UTF8':
    case 'DC':
      return constant('string', name);
    default:
      throw badExpression(at, `"${name}" is unknown; a text stands in quotes, an attribute in square brackets`);
  }
}

function readAttribute({ name, kind }: AttributeRead, from: (input: Input) => Attributes): Compiled {
  if (kind === 'number') return { kind, evaluate: (input) => converted(from(input)[name], asNumber) };
  if (kind === 'boolean') return { kind, evaluate: (input) => converted(from(input)[name], asBoolean) };
  return {
    kind,
    evaluate: (input) => {
      const values = from(input)[name];
      if (values === undefined) return null;
      return values.length === 1 ? (values[0] ?? null) : values;
    },
  };
}

function converted(values: readonly string[] | undefined, convert: (text: string) => bigint | boolean): Value {
  if (values === undefined) return null;
  const [first] = values;
  return values.length === 1 && first !== undefined ? convert(first) : values.map(convert);
}

function readParameter(name: string, at: number): Compiled {
  if (!parameterNames.some((known) => known === name)) {
    throw badExpression(at, `"%${name}%" is unknown; these are: ${parameterNames.join(', ')}`);
  }
  return {
    kind: 'string',
    evaluate: (input) => {
      const value = input.parameters[name];
      if (value === undefined) throw failedExpression(`the connector gives no %${name}%`);
      return value;
    },
  };
}

function readVariable(name: string, at: number, scope: Scope): Compiled {
  const variable = scope.variables.get(name);
  if (!variable) throw badExpression(at, `"$${name}" is unknown; With, Select and Where name variables`);
  const { index, kind } = variable;
  return { kind, evaluate: (input) => input.variables[index] ?? null };
}

function importedValue(node: Call, scope: Scope): Compiled {
  const [name] = node.args;
  if (name?.type !== 'text' || node.args.length !== 1) {
    throw badExpression(node.at, 'ImportedValue takes the name of an attribute in quotes');
  }
  return readAttribute(required(scope.names.imported(name.value), name.at), (input) => input.imported);
}

function required(read: AttributeRead | string, at: number): AttributeRead {
  if (typeof read === 'string') throw badExpression(at, read);
  return read;
}
