import type { NumberLiteral } from './ast.ts';
import { endsWord, isNameCharacter } from './characters.ts';
import { match, spanFrom, type Cursor } from './cursor.ts';

const numberPattern =
  /(?:0x(?<hex>[0-9a-f]+)|(?<decimal>\d+(?:\.(?!\.)\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?))(?<type>[ld]?)(?<unit>[kmgtp]b)?/iuy;
const wholeNumber = new RegExp(`^[+-]?${numberPattern.source}$`, 'iu');

const unitBytes: Record<string, number> = { kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40, pb: 2 ** 50 };

/** A number in an expression: `10`, `1.5`, `0x1F`, `64kb`; undefined when there is none at the cursor. */
export function readNumber(cursor: Cursor): NumberLiteral | undefined {
  const found = match(cursor, numberPattern);
  if (found === undefined || isNameCharacter(cursor.source.text[cursor.position + found[0].length])) return undefined;
  const start = cursor.position;
  cursor.position += found[0].length;
  return { kind: 'number', value: valueOf(found), text: found[0], at: spanFrom(cursor, start) };
}

/** A number that is a whole word of a command, with its sign. */
export function readNumberWord(cursor: Cursor): NumberLiteral | undefined {
  const start = cursor.position;
  let end = start;
  while (!endsWord(cursor.source.text[end])) end += 1;
  const text = cursor.source.text.slice(start, end);
  const value = parseNumber(text);
  if (value === undefined) return undefined;
  cursor.position = end;
  return { kind: 'number', value, text, at: spanFrom(cursor, start) };
}

/** The number that a text is, written as in a script, spaces around it allowed; undefined for any other text. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim();
  const found = wholeNumber.exec(trimmed);
  if (found === null) return undefined;
  return trimmed.startsWith('-') ? -valueOf(found) : valueOf(found);
}

function valueOf(found: RegExpExecArray): number {
  const { hex, decimal, unit } = found.groups ?? {};
  const factor = unitBytes[unit?.toLowerCase() ?? ''] ?? 1;
  return (hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) * factor;
}
