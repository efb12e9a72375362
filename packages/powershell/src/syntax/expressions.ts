import type { Expression, Unary } from './ast.ts';
import { isDash, isDigit, isDoubleQuote, isSingleQuote } from './characters.ts';
import {
  accept,
  nested,
  peek,
  skipBlanks,
  skipLines,
  spanFrom,
  startsWith,
  syntaxError,
  type Cursor,
} from './cursor.ts';
import type { Grammar } from './grammar.ts';
import { peekBinary, peekUnaryWord, precedence } from './operators.ts';
import { readPostfix } from './primaries.ts';
import { isVariableStart } from './variables.ts';

/** Whether what is at the cursor begins an expression, and not a command (8.2). */
export function isExpressionStart(cursor: Cursor): boolean {
  const character = peek(cursor);
  if (character === undefined) return false;
  if (isDigit(character) || isSingleQuote(character) || isDoubleQuote(character)) return true;
  if ('([{!+,'.includes(character) || isDash(character)) return true;
  if (character === '.') return isDigit(peek(cursor, 1));
  return (
    startsWith(cursor, '$(') ||
    isVariableStart(cursor) ||
    (character === '@' && '({\'"'.includes(peek(cursor, 1) ?? ' '))
  );
}

/** An expression of binary operators that bind at least as tightly as asked for. */
export function readBinary(grammar: Grammar, level: number = precedence.logical, withComma = true): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  if (level > precedence.range) return withComma ? readArray(grammar) : grammar.unary();
  const first = readBinary(grammar, level + 1, withComma);
  const rest: { operator: string; operand: Expression }[] = [];
  for (;;) {
    const end = cursor.position;
    skipBlanks(cursor);
    const operator = peekBinary(cursor);
    if (operator?.precedence !== level) {
      cursor.position = end;
      break;
    }
    cursor.position += operator.length;
    skipLines(cursor);
    rest.push({ operator: operator.name, operand: readBinary(grammar, level + 1, withComma) });
  }
  return rest.length === 0 ? first : { kind: 'chain', first, rest, at: spanFrom(cursor, start) };
}

/** An operand with the operators before and after it. */
export function readUnary(grammar: Grammar): Expression {
  return nested(grammar.cursor, () => readOperand(grammar));
}

function readOperand(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const character = peek(cursor);
  if (character === ',') {
    accept(cursor, ',');
    skipLines(cursor);
    return { kind: 'array', elements: [grammar.unary()], at: spanFrom(cursor, start) };
  }
  if (character === '!') return readAfter(grammar, '-not', 1);
  if (startsWith(cursor, '++') || startsWith(cursor, '--')) {
    const by = character === '+' ? 1 : -1;
    cursor.position += 2;
    skipBlanks(cursor);
    return { kind: 'step', target: grammar.postfix(), by, isPrefix: true, at: spanFrom(cursor, start) };
  }
  if (character === '+') return readAfter(grammar, '+', 1);
  const word = peekUnaryWord(cursor);
  if (word !== undefined) return readAfter(grammar, word, word.length);
  if (isDash(character)) return readAfter(grammar, '-', 1);
  const value = readPostfix(grammar);
  if (value.kind === 'type') return readCast(grammar, value, start);
  if (!startsWith(cursor, '++') && !startsWith(cursor, '--')) return value;
  const by = peek(cursor) === '+' ? 1 : -1;
  cursor.position += 2;
  return { kind: 'step', target: value, by, isPrefix: false, at: spanFrom(cursor, start) };
}

function readAfter(grammar: Grammar, operator: Unary['operator'], length: number): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  cursor.position += length;
  skipLines(cursor);
  const operand = grammar.unary();
  if (operator === '-' && operand.kind === 'number') {
    const text = cursor.source.text.slice(start, operand.at.end);
    return { kind: 'number', value: -operand.value, text, at: spanFrom(cursor, start) };
  }
  return { kind: 'unary', operator, operand, at: spanFrom(cursor, start) };
}

/** A type before a value is a cast; alone it is the type itself. */
function readCast(grammar: Grammar, literal: Expression & { kind: 'type' }, start: number): Expression {
  const { cursor } = grammar;
  const end = cursor.position;
  skipBlanks(cursor);
  const character = peek(cursor);
  if (!isExpressionStart(cursor) || character === ',' || (character === '+' && end !== cursor.position)) {
    cursor.position = end;
    return literal;
  }
  if (isDash(character) && !isDigit(peek(cursor, 1))) {
    cursor.position = end;
    return literal;
  }
  return { kind: 'cast', type: literal.type, operand: grammar.unary(), at: spanFrom(cursor, start) };
}

function readArray(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const elements = [grammar.unary()];
  for (;;) {
    const end = cursor.position;
    skipBlanks(cursor);
    if (!accept(cursor, ',')) {
      cursor.position = end;
      break;
    }
    skipLines(cursor);
    if (peek(cursor) === undefined) throw syntaxError(cursor, "A value is missing after ','.");
    elements.push(grammar.unary());
  }
  const [only] = elements;
  return elements.length === 1 && only !== undefined ? only : { kind: 'array', elements, at: spanFrom(cursor, start) };
}
