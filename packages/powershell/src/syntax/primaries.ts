import type { Accessor, Expression, HashtableLiteral } from './ast.ts';
import { isDigit, isNameCharacter } from './characters.ts';
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
  startsWith,
  syntaxError,
  unsupported,
} from './cursor.ts';
import type { Grammar } from './grammar.ts';
import { readNumber } from './numbers.ts';
import { readString, readSubexpression } from './strings.ts';
import { readTypeName } from './types.ts';
import { isVariableStart, readVariable } from './variables.ts';

/** A value without operators: literal, variable, type, or something in brackets. */
function readPrimary(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const character = peek(cursor);
  const text = readString(grammar);
  if (text !== undefined) return text;
  if (startsWith(cursor, '$(')) return readSubexpression(grammar);
  if (isVariableStart(cursor)) return readVariable(cursor);
  if (startsWith(cursor, '@(')) {
    cursor.position += 2;
    const statements = nested(cursor, () => grammar.statementsUntil(')'));
    return { kind: 'arrayExpression', statements, at: spanFrom(cursor, start) };
  }
  if (startsWith(cursor, '@{')) return readHashtable(grammar);
  if (character === '(') return readParen(grammar);
  if (character === '{') {
    cursor.position += 1;
    const block = nested(cursor, () => grammar.block());
    return { kind: 'scriptBlock', block, at: spanFrom(cursor, start) };
  }
  if (character === '[') return { kind: 'type', type: readTypeName(cursor), at: spanFrom(cursor, start) };
  const number = isDigit(character) || character === '.' ? readNumber(cursor) : undefined;
  if (number !== undefined) return number;
  if (character === '@') throw unsupported(cursor, 'Splatting outside of a command');
  throw syntaxError(cursor, 'A value is expected here.');
}

/** A primary with what directly follows it: `.Name`, `.Method(…)`, `::Static`, `[index]`. */
export function readPostfix(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const base = readPrimary(grammar);
  const accessors: Accessor[] = [];
  for (;;) {
    const accessor = readAccessor(grammar, base, accessors.length === 0);
    if (accessor === undefined) break;
    accessors.push(accessor);
  }
  return accessors.length === 0 ? base : { kind: 'access', base, accessors, at: spanFrom(cursor, start) };
}

function readAccessor(grammar: Grammar, base: Expression, isFirst: boolean): Accessor | undefined {
  const { cursor } = grammar;
  const start = cursor.position;
  if (peek(cursor) === '[' && (base.kind !== 'type' || !isFirst)) {
    cursor.position += 1;
    const index = nested(cursor, () => {
      skipLines(cursor);
      return grammar.expression();
    });
    expectClosing(cursor, ']');
    return { kind: 'index', index, at: spanFrom(cursor, start) };
  }
  const isStatic = startsWith(cursor, '::');
  if (!isStatic && (peek(cursor) !== '.' || peek(cursor, 1) === '.')) return undefined;
  if (base.kind === 'number' && isFirst) return undefined;
  if (isStatic && (base.kind !== 'type' || !isFirst)) throw unsupported(cursor, "'::' after anything but a type");
  cursor.position += isStatic ? 2 : 1;
  const name = readMemberName(grammar);
  if (peek(cursor) !== '(') return { kind: 'member', name, isStatic, at: spanFrom(cursor, start) };
  return { kind: 'call', name, isStatic, arguments: readArguments(grammar), at: spanFrom(cursor, start) };
}

function readMemberName(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const word = match(cursor, /[\p{L}\p{N}_]+/uy);
  if (word !== undefined) {
    cursor.position += word[0].length;
    return { kind: 'string', value: word[0], at: spanFrom(cursor, start) };
  }
  if (isVariableStart(cursor)) return readVariable(cursor);
  const text = readString(grammar);
  if (text !== undefined) return text;
  if (peek(cursor) === '(') throw unsupported(cursor, 'A computed member name');
  throw syntaxError(cursor, 'The name of a member is missing.');
}

function readArguments(grammar: Grammar): Expression[] {
  const { cursor } = grammar;
  cursor.position += 1;
  return nested(cursor, () => {
    const list: Expression[] = [];
    skipLines(cursor);
    if (accept(cursor, ')')) return list;
    do {
      skipLines(cursor);
      list.push(grammar.elementExpression());
      skipLines(cursor);
    } while (accept(cursor, ','));
    expectClosing(cursor, ')');
    return list;
  });
}

function readParen(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  cursor.position += 1;
  const statement = nested(cursor, () => {
    skipLines(cursor);
    return grammar.pipeline();
  });
  expectClosing(cursor, ')');
  return { kind: 'paren', statement, at: spanFrom(cursor, start) };
}

function readHashtable(grammar: Grammar): HashtableLiteral {
  const { cursor } = grammar;
  const start = cursor.position;
  cursor.position += 2;
  const entries: HashtableLiteral['entries'][number][] = [];
  nested(cursor, () => {
    for (;;) {
      skipSeparators(cursor);
      if (accept(cursor, '}')) return;
      const key = readKey(grammar);
      skipLines(cursor);
      if (!accept(cursor, '=')) throw syntaxError(cursor, "Missing '=' after the key.");
      skipLines(cursor);
      entries.push({ key, value: grammar.statement() });
      skipBlanks(cursor);
      if (!'\n;}'.includes(peek(cursor) ?? '\n'))
        throw syntaxError(cursor, 'The entry of the hashtable should end here.');
    }
  });
  return { kind: 'hashtable', entries, at: spanFrom(cursor, start) };
}

function readKey(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  if (!isNameCharacter(peek(cursor)) || isDigit(peek(cursor))) return grammar.postfix();
  const word = match(cursor, /[\p{L}\p{N}_-]+/uy)?.[0] ?? '';
  cursor.position += word.length;
  return { kind: 'string', value: word, at: spanFrom(cursor, start) };
}
