import { OperationError } from '../errors.ts';
import { itemsOf, roundHalfEven, toNumber } from '../values/convert.ts';
import { textOf } from '../values/text.ts';
import type { PsValue } from '../values/value.ts';
import { MAX_LENGTH } from '../operators/arithmetic.ts';
import { methodTable } from './method-table.ts';

/** The methods of a text; they regard case, unlike operators. */
export const textMethods = methodTable<string>({
  Contains: [1, (text, [part = null]) => text.includes(textOf(part))],
  EndsWith: [1, (text, [end = null]) => text.endsWith(textOf(end))],
  IndexOf: [1, (text, [part = null]) => text.indexOf(textOf(part))],
  Insert: [
    2,
    (text, [at = null, part = null]) =>
      text.slice(0, position(text, at)) + textOf(part) + text.slice(position(text, at)),
  ],
  LastIndexOf: [1, (text, [part = null]) => text.lastIndexOf(textOf(part))],
  PadLeft: [[1, 2], (text, [width = null, fill = ' ']) => text.padStart(columns(width), textOf(fill).slice(0, 1))],
  PadRight: [[1, 2], (text, [width = null, fill = ' ']) => text.padEnd(columns(width), textOf(fill).slice(0, 1))],
  Remove: [
    [1, 2],
    (text, values) => text.slice(0, position(text, values[0] ?? null)) + text.slice(endOf(text, values)),
  ],
  Replace: [2, (text, [from = null, to = null]) => text.replaceAll(nonEmpty(from), () => textOf(to))],
  Split: [[0, 100], (text, values) => splitAt(text, values)],
  StartsWith: [1, (text, [start = null]) => text.startsWith(textOf(start))],
  Substring: [[1, 2], (text, values) => text.slice(position(text, values[0] ?? null), endOf(text, values))],
  ToCharArray: [0, (text) => text.split('')],
  ToLower: [0, (text) => text.toLowerCase()],
  ToLowerInvariant: [0, (text) => text.toLowerCase()],
  ToUpper: [0, (text) => text.toUpperCase()],
  ToUpperInvariant: [0, (text) => text.toUpperCase()],
  Trim: [[0, 1], (text, [set]) => trimmed(text, set, true, true)],
  TrimEnd: [[0, 1], (text, [set]) => trimmed(text, set, false, true)],
  TrimStart: [[0, 1], (text, [set]) => trimmed(text, set, true, false)],
});

function position(text: string, value: PsValue): number {
  const index = roundHalfEven(toNumber(value));
  if (index >= 0 && index <= text.length) return index;
  throw new OperationError(
    'ERR_POWERSHELL_OPERATION',
    `The position ${index} is outside of the text.`,
    'Check its Length first.',
  );
}

/** Where a part ends that begins at the first argument and has the second's length. */
function endOf(text: string, [start = null, length]: readonly PsValue[]): number {
  return length === undefined ? text.length : position(text, position(text, start) + roundHalfEven(toNumber(length)));
}

function columns(value: PsValue): number {
  const width = roundHalfEven(toNumber(value));
  if (width >= 0 && width <= MAX_LENGTH) return width;
  throw new OperationError('ERR_POWERSHELL_LIMIT', `${width} is no width of a text.`, 'Give a smaller one.');
}

function nonEmpty(value: PsValue): string {
  const text = textOf(value);
  if (text !== '') return text;
  throw new OperationError(
    'ERR_POWERSHELL_OPERATION',
    'An empty text cannot be replaced.',
    'Give the text to replace.',
  );
}

/** Each character of the arguments separates; none: white space does. */
function splitAt(text: string, values: readonly PsValue[]): string[] {
  const separators = new Set(values.flatMap(itemsOf).flatMap((item) => textOf(item).split('')));
  const parts = [''];
  for (const character of text.split('')) {
    const separates = separators.size === 0 ? /\s/u.test(character) : separators.has(character);
    if (separates) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts;
}

function trimmed(text: string, set: PsValue | undefined, atStart: boolean, atEnd: boolean): string {
  const characters = set === undefined ? undefined : new Set(itemsOf(set).flatMap((item) => textOf(item).split('')));
  const kept = text.split('').map((character) => !(characters?.has(character) ?? /\s/u.test(character)));
  const start = atStart ? kept.indexOf(true) : 0;
  return start === -1 ? '' : text.slice(start, atEnd ? kept.lastIndexOf(true) + 1 : undefined);
}
