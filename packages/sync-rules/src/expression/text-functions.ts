import { failedExpression } from '../errors.ts';
import { define, type FunctionDefinition } from './function.ts';

const compare = ['vbBinaryCompare', 'vbTextCompare'];
const text = { result: 'string' } as const;
const textOfNull = { result: 'string', ofNull: '' } as const;
const position = { result: 'number', ofNull: 0n } as const;

/** @see Microsoft Entra Connect Sync: Functions Reference, Text */
export const textFunctions: Readonly<Record<string, FunctionDefinition>> = {
  InStr: define(['string', 'string', 'count', compare], { ...position, required: 2 }, instr),
  InStrRev: define(['string', 'string', 'count', compare], { ...position, required: 2 }, instrRev),
  LCase: define(['string'], text, (value: string) => value.toLowerCase()),
  Left: define(['string', 'count'], textOfNull, (value: string, count: number) =>
    count < 0 ? value : value.slice(0, count),
  ),
  Len: define(['string'], position, (value: string) => BigInt(value.length)),
  LTrim: define(['string'], text, (value: string) => value.trimStart()),
  Mid: define(['string', 'count', 'count'], { ...textOfNull, required: 2 }, mid),
  PadLeft: define(['string', 'count', 'string'], textOfNull, (value: string, length: number, pad: string) =>
    value.padStart(padded(length), one(pad)),
  ),
  PadRight: define(['string', 'count', 'string'], textOfNull, (value: string, length: number, pad: string) =>
    value.padEnd(padded(length), one(pad)),
  ),
  PCase: define(['string'], text, (value: string) =>
    value
      .split(' ')
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
      .join(' '),
  ),
  Replace: define(['string', 'string', 'string'], text, replace),
  ReplaceChars: define(['string', 'string'], text, replaceChars),
  Right: define(['string', 'count'], textOfNull, (value: string, count: number) =>
    count < 0 || count >= value.length ? value : value.slice(value.length - count),
  ),
  RTrim: define(['string'], text, (value: string) => value.trimEnd()),
  Trim: define(['string'], text, (value: string) => value.trim()),
  UCase: define(['string'], text, (value: string) => value.toUpperCase()),
  Word: define(['string', 'count', 'string'], textOfNull, word),
};

function instr(value: string, wanted: string, start = 1, how = 'vbBinaryCompare'): bigint {
  const from = Math.max(start, 1) - 1;
  return BigInt(fold(value, how).indexOf(fold(wanted, how), from) + 1);
}

function instrRev(value: string, wanted: string, start = value.length, how = 'vbBinaryCompare'): bigint {
  const last = Math.min(start, value.length) - wanted.length;
  return last < 0 ? 0n : BigInt(fold(value, how).lastIndexOf(fold(wanted, how), last) + 1);
}

function fold(value: string, how: string): string {
  return how === 'vbTextCompare' ? value.toLowerCase() : value;
}

/** Without a count to the end. A start outside of the text, or a negative count, gives the text as it is. */
function mid(value: string, start: number, count = value.length): string {
  if (start <= 0 || start > value.length || count < 0) return value;
  return value.slice(start - 1, start - 1 + count);
}

function replace(value: string, old: string, by: string): string {
  const wanted = monikers(old);
  return wanted === '' ? value : value.replaceAll(wanted, () => monikers(by));
}

/** `\n`, `\r` and `\t` stand for the characters that they stand for elsewhere. */
function monikers(value: string): string {
  return value
    .replaceAll(String.raw`\n`, '\n')
    .replaceAll(String.raw`\r`, '\r')
    .replaceAll(String.raw`\t`, '\t');
}

/** The pattern is `source:target,source:target`; white space in it does not count. */
function replaceChars(value: string, pattern: string): string {
  const targets = new Map<string, string>();
  for (const pair of pattern.replaceAll(/\s/gu, '').split(',')) {
    const [source, target, more] = pair.split(':');
    if (source === undefined || target === undefined || more !== undefined || !/^.$/su.test(source)) {
      throw failedExpression(`"${pair.slice(0, 60)}" is not one character, a colon, and what replaces it`);
    }
    targets.set(source, target);
  }
  return Array.from(value, (character) => targets.get(character) ?? character).join('');
}

/** Words are what lies between delimiters, each character being one; an empty text for a number that no word has. */
function word(value: string, number: number, delimiters: string): string {
  if (number < 1) return '';
  const ends = new Set(delimiters);
  let found = 0;
  let start = 0;
  for (let index = 0; index <= value.length; index += 1) {
    const character = value[index];
    if (character !== undefined && !ends.has(character)) continue;
    if (index > start) found += 1;
    if (found === number && index > start) return value.slice(start, index);
    start = index + 1;
  }
  return '';
}

const MAX_PADDED = 1024;

function padded(length: number): number {
  if (length <= MAX_PADDED) return length;
  throw failedExpression(`a text is padded to ${MAX_PADDED} characters at most`);
}

function one(pad: string): string {
  if (pad.length === 1) return pad;
  throw failedExpression('a text is padded with one character');
}
