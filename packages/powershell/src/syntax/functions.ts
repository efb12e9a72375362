import type { Block, FunctionDefinition, ParameterDeclaration, TypeName } from './ast.ts';
import {
  accept,
  expectClosing,
  match,
  nested,
  peek,
  skipBlanks,
  skipLines,
  skipSeparators,
  spanFrom,
  syntaxError,
  unsupported,
  type Cursor,
} from './cursor.ts';
import type { Grammar } from './grammar.ts';
import { readTypeName } from './types.ts';
import { isVariableStart, readVariable } from './variables.ts';

/** `function Name { … }` or `function Name($a, $b) { … }`, behind its keyword. */
export function readFunction(grammar: Grammar, start: number): FunctionDefinition {
  const { cursor } = grammar;
  skipLines(cursor);
  const name = match(cursor, /[\p{L}_][\p{L}\p{N}_-]*/uy)?.[0];
  if (name === undefined) throw syntaxError(cursor, 'The name of the function is missing.');
  cursor.position += name.length;
  if (peek(cursor) === ':') throw unsupported(cursor, 'A scope before the name of a function');
  skipLines(cursor);
  const parameters = accept(cursor, '(') ? readParameters(grammar) : [];
  skipLines(cursor);
  if (!accept(cursor, '{')) throw syntaxError(cursor, "'{' is missing after the name of the function.");
  const block = nested(cursor, () => grammar.block());
  if (parameters.length > 0 && block.parameters.length > 0) {
    throw unsupported(cursor, "A function with parameters in brackets and a 'param' too", start);
  }
  const merged =
    parameters.length === 0 ? block : { ...block, parameters, isAdvanced: parameters.some((one) => one.isMandatory) };
  return { kind: 'function', name, block: merged, at: spanFrom(cursor, start) };
}

/** The inside of a block and its closing brace: perhaps `param(…)`, then statements. */
export function readBlock(grammar: Grammar): Block {
  const { cursor } = grammar;
  skipSeparators(cursor);
  let isAdvanced = false;
  const binding = match(cursor, /\[\s*CmdletBinding\s*\(\s*\)\s*\]/iuy);
  if (binding !== undefined) {
    cursor.position += binding[0].length;
    isAdvanced = true;
    skipLines(cursor);
  }
  let parameters: ParameterDeclaration[] = [];
  const keyword = match(cursor, /param\s*\(/iuy);
  if (keyword !== undefined) {
    cursor.position += keyword[0].length;
    parameters = readParameters(grammar);
    isAdvanced ||= parameters.some((one) => one.isMandatory || one.position !== undefined);
  } else if (isAdvanced) throw syntaxError(cursor, "'param' is missing after '[CmdletBinding()]'.");
  return { parameters, isAdvanced, statements: grammar.statementsUntil('}') };
}

function readParameters(grammar: Grammar): ParameterDeclaration[] {
  const { cursor } = grammar;
  return nested(cursor, () => {
    const parameters: ParameterDeclaration[] = [];
    skipLines(cursor);
    if (accept(cursor, ')')) return parameters;
    do parameters.push(readParameter(grammar));
    while (accept(cursor, ','));
    expectClosing(cursor, ')');
    return parameters;
  });
}

function readParameter(grammar: Grammar): ParameterDeclaration {
  const { cursor } = grammar;
  skipLines(cursor);
  const start = cursor.position;
  let type: TypeName | undefined;
  let isMandatory = false;
  let position: number | undefined;
  while (peek(cursor) === '[') {
    const attribute = readParameterAttribute(cursor);
    if (attribute === undefined) type = readTypeName(cursor);
    else {
      isMandatory ||= attribute.isMandatory;
      position = attribute.position ?? position;
    }
    skipLines(cursor);
  }
  if (!isVariableStart(cursor)) throw syntaxError(cursor, 'The name of a parameter is missing.');
  const { name } = readVariable(cursor);
  const at = spanFrom(cursor, start);
  skipLines(cursor);
  const hasInitial = accept(cursor, '=');
  if (hasInitial) skipLines(cursor);
  const initial = hasInitial ? grammar.elementExpression() : undefined;
  skipLines(cursor);
  return { name, type, isMandatory, position, initial, at };
}

/** `[Parameter(Mandatory = $true, Position = 0)]`; undefined for a type. */
function readParameterAttribute(cursor: Cursor): { isMandatory: boolean; position: number | undefined } | undefined {
  const found = match(cursor, /\[\s*Parameter\s*\((?<inside>[^()]*)\)\s*\]/iuy);
  if (found === undefined) return undefined;
  let isMandatory = false;
  let position: number | undefined;
  for (const part of (found.groups?.['inside'] ?? '').split(',').map((text) => text.trim())) {
    const mandatory = /^Mandatory(?:\s*=\s*\$(?<value>true|false))?$/iu.exec(part);
    const positioned = /^Position\s*=\s*(?<value>\d{1,3})$/iu.exec(part);
    if (mandatory !== null) isMandatory = mandatory.groups?.['value']?.toLowerCase() !== 'false';
    else if (positioned !== null) position = Number(positioned.groups?.['value']);
    else if (part !== '') throw unsupported(cursor, `'${part}' in a parameter's attribute`);
  }
  cursor.position += found[0].length;
  skipBlanks(cursor);
  return { isMandatory, position };
}
