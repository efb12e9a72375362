import type { Command, CommandElement, ExpandableString, Expression } from './ast.ts';
import { endsWord, isDash, isDoubleQuote, isSingleQuote } from './characters.ts';
import {
  accept,
  match,
  peek,
  skipBlanks,
  skipLines,
  spanFrom,
  startsWith,
  syntaxError,
  unsupported,
  type Cursor,
} from './cursor.ts';
import type { Grammar } from './grammar.ts';
import { readNumberWord } from './numbers.ts';
import { readEscape, readExpansion, readString, stringOf } from './strings.ts';
import { isVariableStart, readSplatted } from './variables.ts';

/** A command with its arguments, which are read in argument mode: a word needs no quotes (8.2). */
export function readCommand(grammar: Grammar): Command {
  const { cursor } = grammar;
  const start = cursor.position;
  refuseSpecial(cursor);
  const name = match(cursor, /[^\s;|&<>(){},"'`$@#\u2018-\u201E][^\s;|&<>(){},"'`$]*/uy)?.[0];
  if (name === undefined) throw syntaxError(cursor, `Unexpected ${described(cursor)}.`);
  cursor.position += name.length;
  if (!endsWord(peek(cursor))) throw unsupported(cursor, 'A command name with quotes or variables in it', start);
  const nameAt = spanFrom(cursor, start);
  const elements: CommandElement[] = [];
  let end = cursor.position;
  for (;;) {
    skipBlanks(cursor);
    const element = readElement(grammar);
    if (element === undefined) break;
    elements.push(element);
    end = cursor.position;
  }
  return { kind: 'command', name, nameAt, elements, at: { start, end } };
}

/** What is at the cursor, for a message. */
export function described(cursor: Cursor): string {
  const character = peek(cursor);
  if (character === undefined) return 'end of the input';
  return character === '\n' ? 'end of the line' : `'${match(cursor, /[\p{L}\p{N}_-]+|./uy)?.[0] ?? character}'`;
}

/** Refuses what PowerShell has at the beginning or end of a command and this subset has not. */
export function refuseSpecial(cursor: Cursor): void {
  if (match(cursor, /[1-6*]?>|</uy) !== undefined) throw unsupported(cursor, 'Redirection');
  if (startsWith(cursor, '&&') || startsWith(cursor, '||'))
    throw unsupported(cursor, "A '&&' or '||' between commands");
  if (peek(cursor) === '&') throw unsupported(cursor, "The operator '&', which runs a program or a job,");
  if (match(cursor, /\.\s/uy) !== undefined) throw unsupported(cursor, "The operator '.', which runs a script file,");
  if (match(cursor, /--(?:%|\s)/uy) !== undefined) throw unsupported(cursor, `'--' among arguments`);
}

function readElement(grammar: Grammar): CommandElement | undefined {
  const { cursor } = grammar;
  const start = cursor.position;
  refuseSpecial(cursor);
  const character = peek(cursor);
  if (character === undefined || '\n;|)}'.includes(character)) return undefined;
  if (character === ',') throw syntaxError(cursor, "A value is missing before ','.");
  const parameter = match(cursor, /[-\u2013-\u2015](?<name>[\p{L}_?][\p{L}\p{N}_?-]*)(?<colon>:?)/uy);
  if (parameter !== undefined) {
    cursor.position += parameter[0].length;
    const name = parameter.groups?.['name'] ?? '';
    if (parameter.groups?.['colon'] !== ':') {
      if (!endsWord(peek(cursor))) throw unsupported(cursor, `'${described(cursor)}' in the name of a parameter`);
      return { kind: 'parameter', name, value: undefined, at: spanFrom(cursor, start) };
    }
    skipBlanks(cursor);
    return { kind: 'parameter', name, value: readArgument(grammar), at: spanFrom(cursor, start) };
  }
  if (match(cursor, /@[\p{L}_]/uy) !== undefined) {
    const variable = readSplatted(cursor);
    if (!endsWord(peek(cursor))) throw unsupported(cursor, 'Anything directly after a splatted variable');
    return { kind: 'splat', variable, at: variable.at };
  }
  const value = readArgument(grammar);
  return { kind: 'argument', value, at: value.at };
}

/** An argument: values with commas between them are one array. */
function readArgument(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const elements = [readValue(grammar)];
  for (;;) {
    const end = cursor.position;
    skipBlanks(cursor);
    if (!accept(cursor, ',')) {
      cursor.position = end;
      break;
    }
    skipLines(cursor);
    elements.push(readValue(grammar));
  }
  const [only] = elements;
  return elements.length === 1 && only !== undefined ? only : { kind: 'array', elements, at: spanFrom(cursor, start) };
}

function readValue(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const character = peek(cursor);
  refuseSpecial(cursor);
  if (endsWord(character) && character !== '(' && character !== '{') {
    throw syntaxError(cursor, `A value is expected, not ${described(cursor)}.`);
  }
  const isVariable = isVariableStart(cursor) || startsWith(cursor, '$(');
  if (isVariable || isBracketOrString(cursor)) {
    const value = grammar.postfix();
    if (endsWord(peek(cursor))) return value;
    if (!isVariable || value.kind === 'access') {
      throw unsupported(cursor, `${described(cursor)} directly after a value, without quotes around both,`);
    }
    cursor.position = start;
    return readWord(grammar);
  }
  if (character === '@') throw syntaxError(cursor, "'@' begins nothing here.");
  return readNumberWord(cursor) ?? readWord(grammar);
}

function isBracketOrString(cursor: Cursor): boolean {
  const character = peek(cursor);
  if (character === '@') return '({\'"\u2018\u2019\u201A\u201B\u201C\u201D\u201E'.includes(peek(cursor, 1) ?? ' ');
  return character === '(' || character === '{' || isSingleQuote(character) || isDoubleQuote(character);
}

/** An unquoted word; variables and quoted parts in it are part of the text. */
function readWord(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const parts: ExpandableString['parts'][number][] = [];
  const append = (text: string) => {
    const last = parts.at(-1);
    if (typeof last === 'string') parts[parts.length - 1] = last + text;
    else parts.push(text);
  };
  for (;;) {
    const character = peek(cursor);
    if (character === undefined || endsWord(character)) break;
    const expansion = character === '$' ? readExpansion(grammar) : undefined;
    if (expansion !== undefined) parts.push(expansion);
    else if (character === '`') {
      if (peek(cursor, 1) === '\n') break;
      append(readEscape(cursor));
    } else if (isSingleQuote(character) || isDoubleQuote(character)) {
      const text = readString(grammar);
      if (text?.kind === 'string') append(text.value);
      if (text?.kind === 'expandable') parts.push(...text.parts);
    } else {
      append(isDash(character) && parts.length === 0 ? '-' : character);
      cursor.position += 1;
    }
  }
  return stringOf(parts, spanFrom(cursor, start));
}
