import type { TypeName } from './ast.ts';
import { match, spanFrom, syntaxError, unsupported, type Cursor } from './cursor.ts';

/** `[int]`, `[System.Guid]`, `[string[]]` at the cursor, which is at a `[`. */
export function readTypeName(cursor: Cursor): TypeName {
  const start = cursor.position;
  const found = match(cursor, /\[\s*(?<name>[\p{L}_][\p{L}\p{N}_.]*)\s*(?<array>\[\s*\])?\s*\]/uy);
  if (found === undefined) {
    if (match(cursor, /\[\s*[\p{L}_][\p{L}\p{N}_.`]*\s*[[,(]/uy) !== undefined)
      throw unsupported(cursor, 'This type or attribute');
    throw syntaxError(
      cursor,
      'The name of a type is expected.',
      match(cursor, /\[[^\]]*$/uy) === undefined ? start : cursor.source.text.length,
    );
  }
  cursor.position += found[0].length;
  return {
    name: found.groups?.['name'] ?? '',
    isArray: found.groups?.['array'] !== undefined,
    at: spanFrom(cursor, start),
  };
}
