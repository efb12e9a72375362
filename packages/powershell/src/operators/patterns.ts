import { OperationError } from '../errors.ts';
import { itemsOf, toNumber } from '../values/convert.ts';
import { hashtable } from '../values/object.ts';
import { textOf } from '../values/text.ts';
import type { PsHashtable, PsValue } from '../values/value.ts';

/** Whether a text fits a wildcard pattern: `*`, `?`, `[a-c]`, a backtick before what is meant literally (3.15). */
export function isLike(text: string, pattern: string, caseSensitive = false): boolean {
  return wildcard(pattern, caseSensitive).test(text);
}

/** What a regular expression finds first, as `$Matches`: `0` the whole, then groups by number and name. */
export function matchesOf(text: string, pattern: PsValue, caseSensitive: boolean): PsHashtable | undefined {
  const found = regularExpression(textOf(pattern), caseSensitive, '').exec(text);
  if (found === null) return undefined;
  const numbered = found.map((group, index) => [index, group] as const);
  const groups = [...numbered, ...Object.entries(found.groups ?? {})];
  return hashtable(groups.flatMap(([key, group]) => (group === undefined ? [] : [[key, group] as const])));
}

/** `-replace`: pattern, and perhaps a replacement with `$1`, `${name}`, `$0`, `$$`. */
export function replaceText(text: string, operand: PsValue, caseSensitive: boolean): string {
  const [pattern = null, replacement = null] = itemsOf(operand);
  const template = textOf(replacement)
    .replaceAll(/\$(?<whole>0|\{0\})/gu, '$$&')
    .replaceAll(/\$\{(?<number>\d+)\}/gu, '$$$1')
    .replaceAll(/\$\{(?<name>\w+)\}/gu, '$$<$1>');
  return text.replaceAll(regularExpression(textOf(pattern), caseSensitive, 'g'), template);
}

/** `-split`: pattern, and perhaps how many parts at most (0 for all). */
export function splitText(text: string, operand: PsValue, caseSensitive: boolean): string[] {
  const [pattern = null, maximum = null, ...options] = itemsOf(operand);
  if (options.length > 0) {
    throw new OperationError(
      'ERR_POWERSHELL_OPERATION',
      'Options of -split are not supported.',
      'Give a pattern and a number.',
    );
  }
  const expression = regularExpression(textOf(pattern), caseSensitive, 'g');
  const limit = toNumber(maximum);
  const parts: string[] = [];
  let start = 0;
  for (const found of text.matchAll(expression)) {
    if (limit > 0 && parts.length + 1 >= limit) break;
    parts.push(text.slice(start, found.index), ...found.slice(1).filter((group) => group !== undefined));
    start = found.index + found[0].length;
  }
  return [...parts, text.slice(start)];
}

function wildcard(pattern: string, caseSensitive: boolean): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    const set = character === '[' ? /\[(?<set>[^\]]+)\]/uy : undefined;
    if (set !== undefined) set.lastIndex = index;
    const found = set?.exec(pattern);
    if (character === '*') source += source.endsWith('.*') ? '' : '.*';
    else if (character === '?') source += '.';
    else if (found !== undefined && found !== null) {
      source += `[${(found.groups?.['set'] ?? '').replaceAll(/[\\^[\]]/gu, String.raw`\$&`)}]`;
      index += found[0].length - 1;
    } else if (character === '`' && index + 1 < pattern.length) {
      index += 1;
      source += escaped(pattern.charAt(index));
    } else source += escaped(character);
  }
  return compile(`^${source}$`, caseSensitive ? 's' : 'is', pattern);
}

function escaped(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/u.test(character) ? `\\${character}` : character;
}

/** .NET's expression in JavaScript: the same but for anchors `\A` and `\Z`, and options at its beginning. */
function regularExpression(pattern: string, caseSensitive: boolean, flags: string): RegExp {
  const options = /^\(\?(?<options>[ims]+)\)/u.exec(pattern);
  const own = options?.groups?.['options'] ?? '';
  const source = pattern
    .slice(options?.[0].length ?? 0)
    .replaceAll(/\\(?<anchor>[AZz])/gu, (_, anchor: string) => (anchor === 'A' ? '^' : '$'));
  const all = new Set(`${flags}${own}${caseSensitive ? '' : 'i'}`);
  return compile(source, [...all].join(''), pattern);
}

function compile(source: string, flags: string, pattern: string): RegExp {
  try {
    // Without the Unicode flag, which refuses escapes that .NET allows.
    // eslint-disable-next-line require-unicode-regexp
    return new RegExp(source, flags);
  } catch {
    throw new OperationError(
      'ERR_POWERSHELL_OPERATION',
      `'${pattern.slice(0, 100)}' is no pattern that is understood here.`,
      'Correct the pattern.',
    );
  }
}
