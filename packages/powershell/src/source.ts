import { PowerShellError, type RefusalCode } from './errors.ts';

/** Characters of the longest script. */
const MAX_CHARACTERS = 1 << 20;

/** A text with the name it goes by in errors. Its line ends are LF. */
export interface Source {
  readonly text: string;
  /** The file's name as the user gave it; absent for what was typed. */
  readonly file: string | undefined;
}

/** A part of a source: offsets in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Line and column, both counted from 1, with the text of the line. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly lineText: string;
}

/** A source of any text: drops a byte order mark, turns CRLF and CR into LF. */
export function sourceOf(text: string, file?: string): Source {
  const source = { text: text.replace(/^\uFEFF/u, '').replaceAll(/\r\n?/gu, '\n'), file };
  if (source.text.length > MAX_CHARACTERS) {
    throw refusal(source, 0, {
      code: 'ERR_POWERSHELL_TOO_LARGE',
      message: `The script has more than ${MAX_CHARACTERS} characters.`,
      nextStep: 'Split the script.',
    });
  }
  return source;
}

/**
 * The text of a script file: UTF-8 or UTF-16 as its byte order mark says; without one, UTF-8, or windows-1252 where the
 * bytes are no UTF-8, as Windows PowerShell reads such files.
 */
export function decodeScript(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Where an offset is. */
export function placeOf(source: Source, offset: number): Place {
  const before = source.text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = source.text.indexOf('\n', lineStart);
  return {
    line: before.split('\n').length,
    column: offset - lineStart + 1,
    lineText: source.text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd),
  };
}

/** The error that refuses a source because of what is at an offset. */
export function refusal(
  source: Source,
  offset: number,
  details: { code: RefusalCode; message: string; nextStep: string },
): PowerShellError {
  const { line, column } = placeOf(source, offset);
  return new PowerShellError({ ...details, line, column });
}
