import type { PowerShellError, RefusalCode } from '../errors.ts';
import { refusal, type Source, type Span } from '../source.ts';
import { isSpace } from './characters.ts';

/** Levels of brackets, blocks and operators inside each other that a script may have. */
const MAX_DEPTH = 100;

/** A place in a text that moves on as the text is read. */
export interface Cursor {
  readonly source: Source;
  position: number;
  depth: number;
}

export function cursorOf(source: Source): Cursor {
  return { source, position: 0, depth: 0 };
}

/** The character at the cursor, or some characters on; undefined beyond the end. */
export function peek(cursor: Cursor, ahead = 0): string | undefined {
  return cursor.source.text[cursor.position + ahead];
}

export function startsWith(cursor: Cursor, text: string): boolean {
  return cursor.source.text.startsWith(text, cursor.position);
}

/** Moves past a text if it is there. */
export function accept(cursor: Cursor, text: string): boolean {
  if (!startsWith(cursor, text)) return false;
  cursor.position += text.length;
  return true;
}

/** What a sticky pattern finds at the cursor, without moving. */
export function match(cursor: Cursor, sticky: RegExp): RegExpExecArray | undefined {
  sticky.lastIndex = cursor.position;
  return sticky.exec(cursor.source.text) ?? undefined;
}

export function spanFrom(cursor: Cursor, start: number): Span {
  return { start, end: cursor.position };
}

/** The error for what is at an offset, or at the cursor; at the end of the text the input is merely incomplete. */
export function syntaxError(cursor: Cursor, message: string, offset = cursor.position): PowerShellError {
  const isEnd = offset >= cursor.source.text.length;
  return refusal(cursor.source, offset, {
    code: isEnd ? 'ERR_POWERSHELL_INCOMPLETE' : 'ERR_POWERSHELL_SYNTAX',
    message,
    nextStep: isEnd ? 'Complete the input.' : 'Correct the script; nothing of it has run.',
  });
}

/** The error for what PowerShell has and this subset has not. */
export function unsupported(cursor: Cursor, what: string, offset = cursor.position): PowerShellError {
  return refused(cursor, offset, {
    code: 'ERR_POWERSHELL_UNSUPPORTED',
    message: `${what} is not supported here.`,
    nextStep: 'See docs/powershell.md for what is supported; nothing of the script has run.',
  });
}

export function refused(
  cursor: Cursor,
  offset: number,
  details: { code: RefusalCode; message: string; nextStep: string },
): PowerShellError {
  return refusal(cursor.source, offset, details);
}

/** Reads one level deeper, or refuses a text that nests absurdly. */
export function nested<T>(cursor: Cursor, read: () => T): T {
  if (cursor.depth >= MAX_DEPTH) {
    throw refused(cursor, cursor.position, {
      code: 'ERR_POWERSHELL_TOO_LARGE',
      message: `The script nests more than ${MAX_DEPTH} levels deep.`,
      nextStep: 'Take it apart with variables or functions.',
    });
  }
  cursor.depth += 1;
  const value = read();
  cursor.depth -= 1;
  return value;
}

/** Moves past spaces, comments and continued line ends (a backtick before them), not past the end of a line. */
export function skipBlanks(cursor: Cursor): void {
  for (;;) {
    if (isSpace(peek(cursor))) cursor.position += 1;
    else if (peek(cursor) === '`' && peek(cursor, 1) === '\n') cursor.position += 2;
    else if (peek(cursor) === '#') skipLine(cursor);
    else if (startsWith(cursor, '<#')) skipBlockComment(cursor);
    else return;
  }
}

/** Moves past blanks and line ends. */
export function skipLines(cursor: Cursor): void {
  skipBlanks(cursor);
  while (accept(cursor, '\n')) skipBlanks(cursor);
}

/** Moves past what separates statements. */
export function skipSeparators(cursor: Cursor): void {
  skipLines(cursor);
  while (accept(cursor, ';')) skipLines(cursor);
}

/** Moves past a closing bracket, or says which is missing. */
export function expectClosing(cursor: Cursor, closing: string): void {
  skipLines(cursor);
  if (!accept(cursor, closing)) throw syntaxError(cursor, `Missing '${closing}'.`);
}

function skipLine(cursor: Cursor): void {
  const end = cursor.source.text.indexOf('\n', cursor.position);
  cursor.position = end === -1 ? cursor.source.text.length : end;
}

function skipBlockComment(cursor: Cursor): void {
  const end = cursor.source.text.indexOf('#>', cursor.position + 2);
  if (end === -1) throw syntaxError(cursor, "The comment has no end '#>'.", cursor.source.text.length);
  cursor.position = end + 2;
}
