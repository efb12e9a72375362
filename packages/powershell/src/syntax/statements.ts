import type { Expression, ForEach, If, Statement, Switch, Try } from './ast.ts';
import { described, refuseSpecial } from './commands.ts';
import {
  accept,
  expectClosing,
  match,
  nested,
  peek,
  skipBlanks,
  skipLines,
  skipSeparators,
  spanFrom,
  syntaxError,
  unsupported,
  type Cursor,
} from './cursor.ts';
import { readFunction } from './functions.ts';
import type { Grammar } from './grammar.ts';
import { isVariableStart, readVariable } from './variables.ts';

const unsupportedKeywords = new Set(
  'begin class configuration data define dynamicparam end enum exit filter from inlinescript parallel param process sequence trap using workflow'.split(
    ' ',
  ),
);

type Reader = (grammar: Grammar, start: number) => Statement;

const readers: Record<string, Reader> = {
  if: readIf,
  foreach: readForEach,
  for: readFor,
  while: readWhile,
  do: readDo,
  switch: readSwitch,
  try: readTry,
  function: (grammar, start) => readFunction(grammar, start),
  break: (grammar, start) => readLeave(grammar, start, 'break'),
  continue: (grammar, start) => readLeave(grammar, start, 'continue'),
  return: (grammar, start) => readWithValue(grammar, start, 'return'),
  throw: (grammar, start) => readWithValue(grammar, start, 'throw'),
};

/** A statement: by its keyword, or a pipeline. */
export function readStatement(grammar: Grammar): Statement {
  const { cursor } = grammar;
  const start = cursor.position;
  if (peek(cursor) === ':' && match(cursor, /:[\p{L}_]/uy) !== undefined) throw unsupported(cursor, 'A label');
  const word = match(cursor, /[a-z]+(?![^\s;|&<>(){},])/iuy)?.[0];
  const keyword = word?.toLowerCase();
  if (word === undefined || keyword === undefined) return grammar.pipeline();
  if (unsupportedKeywords.has(keyword)) throw unsupported(cursor, `'${keyword}'`);
  const reader = Object.hasOwn(readers, keyword) ? readers[keyword] : undefined;
  if (reader === undefined) return grammar.pipeline();
  cursor.position += word.length;
  return nested(cursor, () => reader(grammar, start));
}

/** Statements up to a closing bracket, or to the end of the text when there is none to come. */
export function readStatements(grammar: Grammar, closing: string | undefined): Statement[] {
  const { cursor } = grammar;
  const statements: Statement[] = [];
  for (;;) {
    skipSeparators(cursor);
    if (peek(cursor) === undefined) {
      if (closing === undefined) return statements;
      throw syntaxError(cursor, `Missing '${closing}'.`);
    }
    if (closing !== undefined && accept(cursor, closing)) return statements;
    const statement = grammar.statement();
    statements.push(statement);
    expectEnd(cursor, closing, endsWithBrace(statement));
  }
}

/** A `{ … }` of statements. */
export function readBody(grammar: Grammar, what: string): Statement[] {
  const { cursor } = grammar;
  skipLines(cursor);
  if (!accept(cursor, '{')) throw syntaxError(cursor, `'{' is missing after ${what}.`);
  return nested(cursor, () => grammar.statementsUntil('}'));
}

/** After a statement in braces the next may follow at once. */
function endsWithBrace(statement: Statement): boolean {
  return !['pipeline', 'assignment', 'return', 'throw', 'break', 'continue'].includes(statement.kind);
}

function expectEnd(cursor: Cursor, closing: string | undefined, isEnded: boolean): void {
  skipBlanks(cursor);
  const character = peek(cursor);
  if (isEnded || character === undefined || character === '\n' || character === ';' || character === closing) return;
  refuseSpecial(cursor);
  throw syntaxError(cursor, `Unexpected ${described(cursor)}.`);
}

function readCondition(grammar: Grammar, keyword: string): Statement {
  const { cursor } = grammar;
  skipLines(cursor);
  if (!accept(cursor, '(')) throw syntaxError(cursor, `'(' is missing after '${keyword}'.`);
  return nested(cursor, () => {
    skipLines(cursor);
    const condition = grammar.pipeline();
    expectClosing(cursor, ')');
    return condition;
  });
}

/** Moves past a keyword that may follow, line ends before it included; else stays. */
function acceptKeyword(cursor: Cursor, keyword: string): boolean {
  const start = cursor.position;
  skipLines(cursor);
  const word = match(cursor, /[a-z]+(?![\p{L}\p{N}_-])/iuy)?.[0];
  if (word?.toLowerCase() !== keyword) {
    cursor.position = start;
    return false;
  }
  cursor.position += word.length;
  return true;
}

function readIf(grammar: Grammar, start: number): Statement {
  const { cursor } = grammar;
  const clauses: If['clauses'][number][] = [];
  do {
    clauses.push({ condition: readCondition(grammar, 'if'), body: grammar.body('the condition') });
  } while (acceptKeyword(cursor, 'elseif'));
  const otherwise = acceptKeyword(cursor, 'else') ? grammar.body("'else'") : [];
  return { kind: 'if', clauses, otherwise, at: spanFrom(cursor, start) };
}

function readForEach(grammar: Grammar, start: number): ForEach {
  const { cursor } = grammar;
  skipLines(cursor);
  if (!accept(cursor, '(')) throw unsupported(cursor, "'foreach' without brackets");
  skipLines(cursor);
  if (!isVariableStart(cursor)) throw syntaxError(cursor, "A variable is missing after 'foreach ('.");
  const variable = readVariable(cursor);
  if (!acceptKeyword(cursor, 'in')) throw syntaxError(cursor, "'in' is missing after the variable.");
  skipLines(cursor);
  const collection = grammar.pipeline();
  expectClosing(cursor, ')');
  const body = grammar.body("'foreach'");
  return { kind: 'forEach', variable, collection, body, at: spanFrom(cursor, start) };
}

function readFor(grammar: Grammar, start: number): Statement {
  const { cursor } = grammar;
  skipLines(cursor);
  if (!accept(cursor, '(')) throw syntaxError(cursor, "'(' is missing after 'for'.");
  const part = (): Statement | undefined => {
    skipLines(cursor);
    return peek(cursor) === ';' || peek(cursor) === ')' ? undefined : grammar.pipeline();
  };
  const initial = part();
  expectClosing(cursor, ';');
  const condition = part();
  expectClosing(cursor, ';');
  const step = part();
  expectClosing(cursor, ')');
  return { kind: 'for', initial, condition, step, body: grammar.body("'for'"), at: spanFrom(cursor, start) };
}

function readWhile(grammar: Grammar, start: number): Statement {
  const condition = readCondition(grammar, 'while');
  const body = grammar.body('the condition');
  return { kind: 'while', condition, body, bodyFirst: false, until: false, at: spanFrom(grammar.cursor, start) };
}

function readDo(grammar: Grammar, start: number): Statement {
  const { cursor } = grammar;
  const body = grammar.body("'do'");
  const until = acceptKeyword(cursor, 'until');
  if (!until && !acceptKeyword(cursor, 'while')) {
    skipLines(cursor);
    throw syntaxError(cursor, "'while' or 'until' is missing after the body of 'do'.");
  }
  const condition = readCondition(grammar, until ? 'until' : 'while');
  return { kind: 'while', condition, body, bodyFirst: true, until, at: spanFrom(cursor, start) };
}

function readSwitch(grammar: Grammar, start: number): Statement {
  const { cursor } = grammar;
  const flags = new Set<string>();
  for (;;) {
    skipLines(cursor);
    const flag = match(cursor, /-(?<name>[a-z]+)/iuy);
    if (flag === undefined) break;
    const name = flag.groups?.['name']?.toLowerCase() ?? '';
    if (!['wildcard', 'regex', 'exact', 'casesensitive'].includes(name))
      throw unsupported(cursor, `'switch ${flag[0]}'`);
    flags.add(name);
    cursor.position += flag[0].length;
  }
  const value = readCondition(grammar, 'switch');
  skipLines(cursor);
  if (!accept(cursor, '{')) throw syntaxError(cursor, "'{' is missing after the value of 'switch'.");
  const { clauses, otherwise } = nested(cursor, () => readClauses(grammar));
  const mode = flags.has('regex') ? 'regex' : flags.has('wildcard') ? 'wildcard' : 'exact';
  const caseSensitive = flags.has('casesensitive');
  return { kind: 'switch', mode, caseSensitive, value, clauses, otherwise, at: spanFrom(cursor, start) };
}

function readClauses(grammar: Grammar): Pick<Switch, 'clauses' | 'otherwise'> {
  const { cursor } = grammar;
  const clauses: Switch['clauses'][number][] = [];
  let otherwise: Statement[] | undefined;
  for (;;) {
    skipSeparators(cursor);
    if (accept(cursor, '}')) return { clauses, otherwise: otherwise ?? [] };
    const start = cursor.position;
    if (acceptKeyword(cursor, 'default')) {
      if (otherwise !== undefined) throw syntaxError(cursor, "'switch' has a second 'default'.", start);
      otherwise = grammar.body("'default'");
      continue;
    }
    const pattern = readPattern(grammar);
    clauses.push({ pattern, body: grammar.body('the pattern') });
  }
}

function readPattern(grammar: Grammar): Expression {
  const { cursor } = grammar;
  const start = cursor.position;
  const word = match(cursor, /[\p{L}_*?][^\s;|&<>(){},"'`$]*/uy)?.[0];
  if (word === undefined) return grammar.unary();
  cursor.position += word.length;
  return { kind: 'string', value: word, at: spanFrom(cursor, start) };
}

function readTry(grammar: Grammar, start: number): Try {
  const { cursor } = grammar;
  const body = grammar.body("'try'");
  let handler: Statement[] | undefined;
  if (acceptKeyword(cursor, 'catch')) {
    skipLines(cursor);
    const type = match(cursor, /\[\s*(?:System\.)?Exception\s*\]/iuy);
    if (type !== undefined) cursor.position += type[0].length;
    else if (peek(cursor) === '[') throw unsupported(cursor, "'catch' of one type of exception");
    handler = grammar.body("'catch'");
    const next = cursor.position;
    if (acceptKeyword(cursor, 'catch')) throw unsupported(cursor, "A second 'catch'", next);
  }
  const hasCleanup = acceptKeyword(cursor, 'finally');
  if (handler === undefined && !hasCleanup) {
    skipLines(cursor);
    throw syntaxError(cursor, "'catch' or 'finally' is missing after the body of 'try'.");
  }
  const cleanup = hasCleanup ? grammar.body("'finally'") : [];
  return { kind: 'try', body, handler, cleanup, at: spanFrom(cursor, start) };
}

function readLeave(grammar: Grammar, start: number, kind: 'break' | 'continue'): Statement {
  const { cursor } = grammar;
  const at = spanFrom(cursor, start);
  skipBlanks(cursor);
  if (match(cursor, /[\p{L}_$]/uy) !== undefined) throw unsupported(cursor, `'${kind}' with a label`);
  return { kind, at };
}

function readWithValue(grammar: Grammar, start: number, kind: 'return' | 'throw'): Statement {
  const { cursor } = grammar;
  skipBlanks(cursor);
  const character = peek(cursor);
  const isBare = character === undefined || '\n;)}'.includes(character);
  const value = isBare ? undefined : grammar.pipeline();
  return { kind, value, at: { start, end: value?.at.end ?? cursor.position } };
}
