import { isDash } from './characters.ts';
import { match, peek, refused, unsupported, type Cursor } from './cursor.ts';

/** How tightly binary operators bind, from loose to tight; the comma binds tighter than all of them (7, appendix B.2.3). */
export const precedence = { logical: 1, comparison: 2, additive: 3, multiplicative: 4, format: 5, range: 6 } as const;

const comparisons = [
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  'like',
  'notlike',
  'match',
  'notmatch',
  'contains',
  'notcontains',
  'in',
  'notin',
  'replace',
  'split',
];

const binaryWords = new Map<string, number>([
  ...['and', 'or', 'xor'].map((name) => [name, precedence.logical] as const),
  ...comparisons.flatMap((name) => ['', 'c', 'i'].map((prefix) => [prefix + name, precedence.comparison] as const)),
  ...['is', 'isnot', 'join'].map((name) => [name, precedence.comparison] as const),
  ['f', precedence.format],
]);

const unsupportedWords = new Set(['as', 'band', 'bor', 'bxor', 'bnot', 'shl', 'shr']);

/** An operator: its name in lower case with one plain dash, and the characters that it takes. */
export interface Operator {
  readonly name: string;
  readonly precedence: number;
  readonly length: number;
}

/** The binary operator at the cursor, which stays; undefined when there is none. */
export function peekBinary(cursor: Cursor): Operator | undefined {
  const word = peekWord(cursor);
  if (word !== undefined) {
    const found = binaryWords.get(word);
    if (found !== undefined) return { name: `-${word}`, precedence: found, length: word.length + 1 };
    if (unsupportedWords.has(word)) throw unsupported(cursor, `The operator '-${word}'`);
    throw refused(cursor, cursor.position, {
      code: 'ERR_POWERSHELL_SYNTAX',
      message: `'-${word}' is no operator.`,
      nextStep: 'Correct the script; nothing of it has run.',
    });
  }
  const character = peek(cursor);
  const next = peek(cursor, 1);
  if (character === '.' && next === '.') return { name: '..', precedence: precedence.range, length: 2 };
  if (next === '=') return undefined;
  if (isDash(character)) return { name: '-', precedence: precedence.additive, length: 1 };
  if (character === '+') return { name: '+', precedence: precedence.additive, length: 1 };
  if (character !== undefined && '*/%'.includes(character)) {
    return { name: character, precedence: precedence.multiplicative, length: 1 };
  }
  return undefined;
}

/** The unary operator in words at the cursor, which stays: `-not`, `-split`, `-join`. */
export function peekUnaryWord(cursor: Cursor): '-not' | '-split' | '-join' | undefined {
  const word = peekWord(cursor);
  if (word === undefined) return undefined;
  if (word === 'not' || word === 'split' || word === 'join') return `-${word}`;
  throw unsupported(cursor, `'-${word}' before a value`);
}

function peekWord(cursor: Cursor): string | undefined {
  if (!isDash(peek(cursor))) return undefined;
  return match(cursor, /.(?<word>[a-z]+)/iuy)?.groups?.['word']?.toLowerCase();
}
