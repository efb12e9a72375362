import { OperationError } from '../errors.ts';
import { convert, toNumber } from '../values/convert.ts';
import { isKind } from '../values/kinds.ts';
import { textOf } from '../values/text.ts';
import { isTrue } from '../values/truth.ts';
import type { PsValue } from '../values/value.ts';

const ignoringCase = new Intl.Collator('en-US', { sensitivity: 'accent' });
const withCase = new Intl.Collator('en-US', { sensitivity: 'variant' });

/** Whether two values are equal; the left one decides what the right one is converted to (7.8). */
export function areEqual(left: PsValue, right: PsValue, caseSensitive = false): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left === 'string') return sameText(left, textOf(right), caseSensitive);
  if (typeof left === 'boolean') return left === isTrue(right);
  if (typeof left === 'number') return compared(() => left === toNumber(right)) ?? false;
  if (left instanceof Date) return compared(() => left.getTime() === dateOf(right)) ?? false;
  if (Array.isArray(left)) return left === right;
  switch (left.kind) {
    case 'guid':
      return sameText(left.text, textOf(right).replace(/^\{(?<text>.*)\}$/u, '$1'), false);
    case 'timeSpan':
      return compared(() => left.milliseconds === spanOf(right)) ?? false;
    case 'type':
      return isKind(right, 'type') && right.fullName === left.fullName;
    case 'hashtable':
    case 'object':
    case 'collection':
    case 'scriptBlock':
    case 'formatted':
      return left === right;
  }
}

/** Less than 0, 0 or more, as the left value is before, equal to or after the right one. */
export function compareValues(left: PsValue, right: PsValue, caseSensitive = false): number {
  if (left === null || right === null) return (left === null ? 0 : 1) - (right === null ? 0 : 1);
  if (typeof left === 'string') return (caseSensitive ? withCase : ignoringCase).compare(left, textOf(right));
  if (typeof left === 'number') return left - toNumber(right);
  if (typeof left === 'boolean') return Number(left) - Number(isTrue(right));
  if (left instanceof Date) return left.getTime() - dateOf(right);
  if (isKind(left, 'timeSpan')) return left.milliseconds - spanOf(right);
  if (isKind(left, 'guid')) return withCase.compare(left.text, textOf(right).toLowerCase());
  throw new OperationError(
    'ERR_POWERSHELL_OPERATION',
    `Cannot compare "${textOf(left).slice(0, 100)}", which has no order.`,
    'Compare one of its properties.',
  );
}

export function sameText(left: string, right: string, caseSensitive: boolean): boolean {
  return caseSensitive ? left === right : left.toLowerCase() === right.toLowerCase();
}

function dateOf(value: PsValue): number {
  return (convert(value, { scalar: 'datetime', isArray: false }) as Date).getTime();
}

function spanOf(value: PsValue): number {
  const span = convert(value, { scalar: 'timespan', isArray: false });
  return (span as { milliseconds: number }).milliseconds;
}

/** What cannot be converted is not equal. */
function compared(compare: () => boolean): boolean | undefined {
  try {
    return compare();
  } catch (error) {
    if (error instanceof OperationError) return undefined;
    throw error;
  }
}
