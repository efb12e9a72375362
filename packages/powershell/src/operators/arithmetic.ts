import { OperationError } from '../errors.ts';
import { itemsOf, roundHalfEven, toNumber } from '../values/convert.ts';
import { isKind } from '../values/kinds.ts';
import { hashtable } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import { timeSpan } from '../values/time-spans.ts';
import type { PsValue } from '../values/value.ts';

/** Characters of the longest text and items of the longest array that an operator makes. */
export const MAX_LENGTH = 1 << 22;

/** `left operator right` for `+ - * / %` (7.6, 7.7); the left value decides. */
export function arithmetic(operator: string, left: PsValue, right: PsValue): PsValue {
  if (operator === '+') return add(left, right);
  if (operator === '-') return subtract(left, right);
  if (operator === '*') return multiply(left, right);
  const divisor = toNumber(right);
  if (divisor === 0) {
    throw new OperationError('ERR_POWERSHELL_OPERATION', 'Attempted to divide by zero.', 'Check the divisor first.');
  }
  return operator === '/' ? toNumber(left) / divisor : toNumber(left) % divisor;
}

/** `left..right`, both included, upwards or downwards. */
export function range(left: PsValue, right: PsValue): PsValue[] {
  const first = roundHalfEven(toNumber(left));
  const last = roundHalfEven(toNumber(right));
  const length = Math.abs(last - first) + 1;
  if (!(length <= MAX_LENGTH)) throw tooLong();
  const by = first <= last ? 1 : -1;
  return Array.from({ length }, (_, index) => first + index * by);
}

function add(left: PsValue, right: PsValue): PsValue {
  if (left === null) return right;
  if (typeof left === 'string') return checked(left + textOf(right));
  if (Array.isArray(left)) return checked([...left, ...itemsOf(right)]);
  if (isKind(left, 'collection')) return [...itemsOf(left), ...itemsOf(right)];
  if (left instanceof Date && isKind(right, 'timeSpan')) return new Date(left.getTime() + right.milliseconds);
  if (isKind(left, 'timeSpan') && isKind(right, 'timeSpan')) return timeSpan(left.milliseconds + right.milliseconds);
  if (isKind(left, 'hashtable') && isKind(right, 'hashtable')) {
    const entries = [...left.entries.values(), ...right.entries.values()];
    if ([...right.entries.keys()].some((key) => left.entries.has(key))) {
      throw new OperationError(
        'ERR_POWERSHELL_DUPLICATE_KEY',
        'Both hashtables have the same key.',
        'Remove it from one.',
      );
    }
    return hashtable(entries.map(({ key, value }) => [key, value]));
  }
  return toNumber(left) + toNumber(right);
}

function subtract(left: PsValue, right: PsValue): PsValue {
  if (left instanceof Date && right instanceof Date) return timeSpan(left.getTime() - right.getTime());
  if (left instanceof Date && isKind(right, 'timeSpan')) return new Date(left.getTime() - right.milliseconds);
  if (isKind(left, 'timeSpan') && isKind(right, 'timeSpan')) return timeSpan(left.milliseconds - right.milliseconds);
  return toNumber(left) - toNumber(right);
}

function multiply(left: PsValue, right: PsValue): PsValue {
  if (left === null) return null;
  if (typeof left !== 'string' && !Array.isArray(left)) return toNumber(left) * toNumber(right);
  const count = Math.max(0, roundHalfEven(toNumber(right)));
  if (!(left.length * count <= MAX_LENGTH)) throw tooLong();
  if (typeof left === 'string') return left.repeat(count);
  return Array.from({ length: count }, () => left).flat();
}

function checked<T extends string | PsValue[]>(value: T): T {
  if (value.length > MAX_LENGTH) throw tooLong();
  return value;
}

function tooLong(): OperationError {
  return new OperationError(
    'ERR_POWERSHELL_LIMIT',
    `The result would have more than ${MAX_LENGTH} characters or items.`,
    'Work on a part at a time.',
  );
}
