import { badExpression } from '../errors.ts';

/** `text` without its delimiters; a number in decimal digits. */
export interface Token {
  readonly type: 'attribute' | 'parameter' | 'variable' | 'text' | 'number' | 'name' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

const MAX_LENGTH = 8192;

/** Each alternative is one kind of token; the last takes one character that begins none. */
const pattern =
  /\s+|\[(?<attribute>[^[\]]+)\]|%(?<parameter>[A-Za-z][\w.]*)%|\$(?<variable>[A-Za-z]\w*)|"(?<text>(?:[^"]|"")*)"|&H(?<hex>[0-9A-Fa-f]+)|(?<number>\d+)|(?<name>[A-Za-z]\w*)|(?<symbol>&&|\|\||<>|<=|>=|[=<>+\-*&(),])|(?<wrong>[^])/gu;

/**
 * The tokens of an expression, the last of them its end.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_EXPRESSION for a character that begins nothing, and for more than 8,192.
 */
export function tokenize(expression: string): readonly Token[] {
  if (expression.length > MAX_LENGTH) throw badExpression(MAX_LENGTH + 1, `longer than ${MAX_LENGTH} characters`);
  const tokens: Token[] = [];
  for (const match of expression.matchAll(pattern)) {
    const at = match.index + 1;
    const { attribute, parameter, variable, text, hex, number, name, symbol, wrong } = match.groups ?? {};
    if (attribute !== undefined) tokens.push({ type: 'attribute', text: attribute.trim(), at });
    else if (parameter !== undefined) tokens.push({ type: 'parameter', text: parameter, at });
    else if (variable !== undefined) tokens.push({ type: 'variable', text: variable, at });
    else if (text !== undefined) tokens.push({ type: 'text', text: text.replaceAll('""', '"'), at });
    else if (hex !== undefined) tokens.push({ type: 'number', text: limited(BigInt(`0x${hex}`), at), at });
    else if (number !== undefined) tokens.push({ type: 'number', text: limited(BigInt(number), at), at });
    else if (name !== undefined) tokens.push({ type: 'name', text: name, at });
    else if (symbol !== undefined) tokens.push({ type: 'symbol', text: symbol, at });
    else if (wrong !== undefined) throw badExpression(at, unexpected(wrong));
  }
  tokens.push({ type: 'end', text: '', at: expression.length + 1 });
  return tokens;
}

function limited(number: bigint, at: number): string {
  if (number > 0x7fff_ffff_ffff_ffffn) throw badExpression(at, 'a number of more than 64 bits');
  return number.toString();
}

function unexpected(character: string): string {
  if (character === '"') return 'the text that begins here does not end';
  if (character === '[') return 'the attribute that begins here does not end';
  if (character === '%') return 'the parameter that begins here does not end';
  if (character === '“' || character === '”') return 'a quotation mark has to be straight: "';
  return `"${character}" is not expected here`;
}
