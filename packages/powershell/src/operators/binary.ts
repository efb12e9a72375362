import { OperationError } from '../errors.ts';
import { itemsOf } from '../values/convert.ts';
import { isKind, isList } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import { isTrue } from '../values/truth.ts';
import { typeOf } from '../values/type-of.ts';
import type { PsHashtable, PsValue } from '../values/value.ts';
import { arithmetic, range } from './arithmetic.ts';
import { areEqual, compareValues } from './compare.ts';
import { formatText } from './format-text.ts';
import { isLike, matchesOf, replaceText, splitText } from './patterns.ts';

/** Told what `-match` has found in a single value. */
export type OnMatches = (matches: PsHashtable) => void;

type Comparison = (left: PsValue, right: PsValue, caseSensitive: boolean) => boolean;

/** Comparisons that give the items that fit when the left side is an array (7.8.1). */
const filters: Record<string, Comparison> = {
  eq: areEqual,
  ne: (left, right, caseSensitive) => !areEqual(left, right, caseSensitive),
  gt: (left, right, caseSensitive) => compareValues(left, right, caseSensitive) > 0,
  ge: (left, right, caseSensitive) => compareValues(left, right, caseSensitive) >= 0,
  lt: (left, right, caseSensitive) => compareValues(left, right, caseSensitive) < 0,
  le: (left, right, caseSensitive) => compareValues(left, right, caseSensitive) <= 0,
  like: (left, right, caseSensitive) => isLike(textOf(left), textOf(right), caseSensitive),
  notlike: (left, right, caseSensitive) => !isLike(textOf(left), textOf(right), caseSensitive),
  match: (left, right, caseSensitive) => matchesOf(textOf(left), right, caseSensitive) !== undefined,
  notmatch: (left, right, caseSensitive) => matchesOf(textOf(left), right, caseSensitive) === undefined,
};

/** Comparisons of a whole. */
const tests: Record<string, Comparison> = {
  contains: (left, right, caseSensitive) => itemsOf(left).some((item) => areEqual(item, right, caseSensitive)),
  notcontains: (left, right, caseSensitive) => !itemsOf(left).some((item) => areEqual(item, right, caseSensitive)),
  in: (left, right, caseSensitive) => itemsOf(right).some((item) => areEqual(item, left, caseSensitive)),
  notin: (left, right, caseSensitive) => !itemsOf(right).some((item) => areEqual(item, left, caseSensitive)),
};

/**
 * The result of a binary operator but `-and`, `-or`, which may not need their right side.
 *
 * @param operator As in the syntax tree: `+`, `..`, `-eq`, `-cmatch`.
 */
export function applyBinary(operator: string, left: PsValue, right: PsValue, onMatches?: OnMatches): PsValue {
  if (operator === '..') return range(left, right);
  if (operator.length === 1) return arithmetic(operator, left, right);
  switch (operator) {
    case '-f':
      return formatText(textOf(left), right);
    case '-join':
      return itemsOf(left).map(textOf).join(textOf(right));
    case '-xor':
      return isTrue(left) !== isTrue(right);
    case '-is':
      return isOfType(left, right);
    case '-isnot':
      return !isOfType(left, right);
    default:
      return compare(operator.slice(1), left, right, onMatches);
  }
}

/** A unary operator on its operand. */
export function applyUnary(operator: '-' | '+' | '-not' | '-split' | '-join', operand: PsValue): PsValue {
  switch (operator) {
    case '-not':
      return !isTrue(operand);
    case '-join':
      return itemsOf(operand).map(textOf).join('');
    case '-split':
      return itemsOf(operand).flatMap((item) =>
        textOf(item)
          .split(/\s+/u)
          .filter((part) => part !== ''),
      );
    case '-':
      return arithmetic('-', 0, operand);
    case '+':
      return arithmetic('+', 0, operand);
  }
}

function compare(word: string, left: PsValue, right: PsValue, onMatches: OnMatches | undefined): PsValue {
  const { name, caseSensitive } = withoutPrefix(word);
  const test = tests[name];
  if (test !== undefined) return test(left, right, caseSensitive);
  if (name === 'replace') return mapped(left, (text) => replaceText(text, right, caseSensitive));
  if (name === 'split') return itemsOf(left).flatMap((item) => splitText(textOf(item), right, caseSensitive));
  const filter = filters[name];
  if (filter === undefined) {
    throw new OperationError('ERR_POWERSHELL_OPERATION', `'-${word}' is no operator.`, 'Correct the script.');
  }
  if (isList(left)) return itemsOf(left).filter((item) => filter(item, right, caseSensitive));
  const matches = name === 'match' ? matchesOf(textOf(left), right, caseSensitive) : undefined;
  if (matches !== undefined) onMatches?.(matches);
  return filter(left, right, caseSensitive);
}

/** `ceq` is `eq` with regard to case, `ieq` is `eq`; `contains` has no prefix. */
function withoutPrefix(word: string): { name: string; caseSensitive: boolean } {
  const bare = word.slice(1);
  const known = bare in filters || bare in tests || bare === 'replace' || bare === 'split';
  const hasPrefix = known && (word.startsWith('c') || word.startsWith('i'));
  return hasPrefix ? { name: bare, caseSensitive: word.startsWith('c') } : { name: word, caseSensitive: false };
}

function mapped(left: PsValue, map: (text: string) => string): PsValue {
  return isList(left) ? itemsOf(left).map((item) => map(textOf(item))) : map(textOf(left));
}

function isOfType(value: PsValue, type: PsValue): boolean {
  if (!isKind(type, 'type')) {
    throw new OperationError(
      'ERR_POWERSHELL_OPERATION',
      'The right side of -is must be a type.',
      "Write it like '[int]'.",
    );
  }
  if (value === null) return false;
  if (type.fullName === 'System.Object') return true;
  const isNumber = typeof value === 'number' && Number.isInteger(value);
  if (isNumber && (type.fullName === 'System.Int64' || type.fullName === 'System.Double')) return true;
  if (Array.isArray(value) && type.fullName === 'System.Array') return true;
  return typeOf(value).fullName === type.fullName;
}
