import { badExpression } from '../errors.ts';
import { tokenize, type Token } from './tokens.ts';

/** `at` is the character that it begins with, counted from 1. */
export type Node =
  | {
      readonly type: 'attribute' | 'parameter' | 'name' | 'variable' | 'text';
      readonly value: string;
      readonly at: number;
    }
  | { readonly type: 'number'; readonly value: bigint; readonly at: number }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[]; readonly at: number }
  | {
      readonly type: 'operation';
      readonly operator: string;
      readonly left: Node;
      readonly right: Node;
      readonly at: number;
    };

const MAX_DEPTH = 64;
const MAX_NODES = 1000;

const logical = new Set(['&&', '||']);
const comparisons = new Set(['=', '<>', '<', '<=', '>', '>=']);
const arithmetic = new Set(['+', '-', '*', '&']);

interface Reader {
  readonly tokens: readonly Token[];
  next: number;
  depth: number;
  nodes: number;
}

/**
 * The tree of an expression in the language of Azure AD Connect's declarative provisioning.
 *
 * Arithmetic and `&` bind alike, from left to right, and tighter than comparisons, which bind tighter than `&&` and
 * `||`. These two mix only with brackets.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_EXPRESSION with the character; also for more than 8,192 characters, 1,000
 *   parts, or 64 levels of brackets.
 * @see Microsoft Entra Connect: Understanding Declarative Provisioning Expressions
 */
export function parseExpression(text: string): Node {
  const reader: Reader = { tokens: tokenize(text), next: 0, depth: 0, nodes: 0 };
  const node = parseLogical(reader);
  const rest = peek(reader);
  if (rest.type !== 'end') throw badExpression(rest.at, `${describe(rest)} is not expected here`);
  return node;
}

function parseLogical(reader: Reader): Node {
  let left = parseComparison(reader);
  let used: string | undefined;
  while (isOperator(peek(reader), logical)) {
    const token = take(reader);
    used ??= token.text;
    if (used !== token.text) throw badExpression(token.at, `${used} and ${token.text} mix only with brackets`);
    left = counted(reader, {
      type: 'operation',
      operator: token.text,
      left,
      right: parseComparison(reader),
      at: token.at,
    });
  }
  return left;
}

function parseComparison(reader: Reader): Node {
  const left = parseArithmetic(reader);
  if (!isOperator(peek(reader), comparisons)) return left;
  const token = take(reader);
  return counted(reader, {
    type: 'operation',
    operator: token.text,
    left,
    right: parseArithmetic(reader),
    at: token.at,
  });
}

function parseArithmetic(reader: Reader): Node {
  let left = parsePrimary(reader);
  while (isOperator(peek(reader), arithmetic)) {
    const token = take(reader);
    left = counted(reader, {
      type: 'operation',
      operator: token.text,
      left,
      right: parsePrimary(reader),
      at: token.at,
    });
  }
  return left;
}

function parsePrimary(reader: Reader): Node {
  const token = take(reader);
  const { at, text } = token;
  switch (token.type) {
    case 'attribute':
    case 'parameter':
    case 'variable':
    case 'text':
      return counted(reader, { type: token.type, value: text, at });
    case 'number':
      return counted(reader, { type: 'number', value: BigInt(text), at });
    case 'name':
      if (peek(reader).text !== '(' || peek(reader).type !== 'symbol')
        return counted(reader, { type: 'name', value: text, at });
      return counted(reader, { type: 'call', name: text, args: parseArguments(reader), at });
    case 'symbol':
    case 'end':
  }
  if (token.type === 'symbol' && text === '(') return parseBrackets(reader, at);
  if (token.type === 'symbol' && text === '-' && peek(reader).type === 'number') {
    return counted(reader, { type: 'number', value: -BigInt(take(reader).text), at });
  }
  throw badExpression(at, `a value is expected, not ${describe(token)}`);
}

function parseBrackets(reader: Reader, at: number): Node {
  enter(reader, at);
  const node = parseLogical(reader);
  expect(reader, ')');
  reader.depth -= 1;
  return node;
}

function parseArguments(reader: Reader): readonly Node[] {
  enter(reader, expect(reader, '(').at);
  const args: Node[] = [];
  if (peek(reader).text === ')' && peek(reader).type === 'symbol') {
    take(reader);
  } else {
    do args.push(parseLogical(reader));
    while (takesComma(reader));
  }
  reader.depth -= 1;
  return args;
}

/** Takes the comma or the bracket after an argument; whether it was a comma. */
function takesComma(reader: Reader): boolean {
  if (peek(reader).type === 'symbol' && peek(reader).text === ',') {
    take(reader);
    return true;
  }
  expect(reader, ')');
  return false;
}

function enter(reader: Reader, at: number): void {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) throw badExpression(at, `more than ${MAX_DEPTH} levels of brackets`);
}

function counted(reader: Reader, node: Node): Node {
  reader.nodes += 1;
  if (reader.nodes > MAX_NODES) throw badExpression(node.at, `more than ${MAX_NODES} parts`);
  return node;
}

function peek(reader: Reader): Token {
  const token = reader.tokens[reader.next];
  return token ?? { type: 'end', text: '', at: 1 };
}

function take(reader: Reader): Token {
  const token = peek(reader);
  if (token.type !== 'end') reader.next += 1;
  return token;
}

function expect(reader: Reader, symbol: string): Token {
  const token = take(reader);
  if (token.type === 'symbol' && token.text === symbol) return token;
  throw badExpression(token.at, `"${symbol}" is expected, not ${describe(token)}`);
}

function isOperator(token: Token, operators: ReadonlySet<string>): boolean {
  return token.type === 'symbol' && operators.has(token.text);
}

function describe(token: Token): string {
  return token.type === 'end' ? 'the end' : `"${token.text.slice(0, 40)}"`;
}
