import type { ExpandableString, Expression, StringLiteral, Subexpression } from './ast.ts';
import { isDoubleQuote, isSingleQuote } from './characters.ts';
import { match, nested, peek, spanFrom, startsWith, syntaxError, type Cursor } from './cursor.ts';
import type { Grammar } from './grammar.ts';
import { isVariableStart, readVariable } from './variables.ts';

const escapes: Record<string, string> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A string that begins at the cursor in any of the four forms, or undefined. */
export function readString(grammar: Grammar): Expression | undefined {
  const { cursor } = grammar;
  const character = peek(cursor);
  if (isSingleQuote(character)) return readVerbatim(cursor);
  if (isDoubleQuote(character)) return readExpandable(grammar);
  if (character !== '@') return undefined;
  if (isSingleQuote(peek(cursor, 1))) return readVerbatimHere(cursor);
  if (isDoubleQuote(peek(cursor, 1))) return readExpandableHere(grammar);
  return undefined;
}

/** What a backtick at the cursor and the character after it stand for; moves past both. */
export function readEscape(cursor: Cursor): string {
  const character = peek(cursor, 1);
  if (character === undefined) throw syntaxError(cursor, 'The backtick escapes nothing.', cursor.source.text.length);
  cursor.position += 2;
  return escapes[character] ?? character;
}

/** A variable or `$( … )` at the cursor, inside a string or an unquoted word; undefined for a mere dollar sign. */
export function readExpansion(grammar: Grammar): ExpandableString['parts'][number] | undefined {
  const { cursor } = grammar;
  if (startsWith(cursor, '$(')) return readSubexpression(grammar);
  return isVariableStart(cursor) ? readVariable(cursor) : undefined;
}

/** `$( statements )`. */
export function readSubexpression(grammar: Grammar): Subexpression {
  const { cursor } = grammar;
  const start = cursor.position;
  cursor.position += 2;
  const statements = nested(cursor, () => grammar.statementsUntil(')'));
  return { kind: 'subexpression', statements, at: spanFrom(cursor, start) };
}

/** A string of parts: a plain one when nothing in it is expanded. */
export function stringOf(parts: ExpandableString['parts'], at: ExpandableString['at']): Expression {
  const texts = parts.filter((part) => typeof part === 'string');
  return texts.length === parts.length
    ? { kind: 'string', value: texts.join(''), at }
    : { kind: 'expandable', parts, at };
}

function readVerbatim(cursor: Cursor): StringLiteral {
  const start = cursor.position;
  cursor.position += 1;
  let value = '';
  for (;;) {
    const character = peek(cursor);
    if (character === undefined) throw unterminated(cursor);
    cursor.position += 1;
    if (!isSingleQuote(character)) value += character;
    else if (isSingleQuote(peek(cursor))) {
      value += peek(cursor) ?? '';
      cursor.position += 1;
    } else return { kind: 'string', value, at: spanFrom(cursor, start) };
  }
}

function readExpandable(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  cursor.position += 1;
  const parts = readParts(grammar, () => {
    if (!isDoubleQuote(peek(cursor))) return 'inside';
    return isDoubleQuote(peek(cursor, 1)) ? 'quote' : 'end';
  });
  cursor.position += 1;
  return stringOf(parts, spanFrom(cursor, start));
}

function readVerbatimHere(cursor: Cursor): StringLiteral {
  const start = cursor.position;
  readHereHeader(cursor);
  const body = cursor.position;
  const end = /\n['\u2018\u2019\u201A\u201B]@/gu;
  end.lastIndex = body - 1;
  const found = end.exec(cursor.source.text);
  if (found === null) throw unterminated(cursor);
  cursor.position = found.index + 3;
  return { kind: 'string', value: cursor.source.text.slice(body, found.index), at: spanFrom(cursor, start) };
}

function readExpandableHere(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  readHereHeader(cursor);
  const footer = /\n["\u201C\u201D\u201E]@/uy;
  // An empty here-string ends with the line end of its header.
  cursor.position -= 1;
  const isEmpty = match(cursor, footer) !== undefined;
  if (!isEmpty) cursor.position += 1;
  const parts = readParts(grammar, () => (match(cursor, footer) === undefined ? 'inside' : 'end'));
  cursor.position += 3;
  return stringOf(parts, spanFrom(cursor, start));
}

function readHereHeader(cursor: Cursor): void {
  const header = match(cursor, /@.[^\S\n]*\n/uy);
  if (header === undefined) {
    cursor.position += 2;
    throw syntaxError(cursor, 'After the opening of a here-string the line must end.');
  }
  cursor.position += header[0].length;
}

/** The parts up to the end that `where` tells; a doubled quote is one quote. */
function readParts(grammar: Grammar, where: () => 'inside' | 'quote' | 'end'): ExpandableString['parts'] {
  const { cursor } = grammar;
  const parts: ExpandableString['parts'][number][] = [];
  let text = '';
  for (;;) {
    const place = where();
    const character = peek(cursor);
    if (place === 'end') return text === '' && parts.length > 0 ? parts : [...parts, text];
    if (character === undefined) throw unterminated(cursor);
    const expansion = character === '$' ? readExpansion(grammar) : undefined;
    if (expansion !== undefined) {
      if (text !== '') parts.push(text);
      text = '';
      parts.push(expansion);
    } else if (character === '`') text += readEscape(cursor);
    else {
      text += character;
      cursor.position += place === 'quote' ? 2 : 1;
    }
  }
}

function unterminated(cursor: Cursor): Error {
  return syntaxError(cursor, 'The string has no end.', cursor.source.text.length);
}
