import { readFileSync } from 'node:fs';
import { CausewayError } from '@causeway/model';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';

/**
 * The configuration in a YAML file, checked against the schema of its service.
 *
 * @throws {CausewayError} ERR_CONFIG_UNREADABLE when the file cannot be read; ERR_CONFIG_INVALID naming every wrong
 *   key with its line and column.
 */
export function loadConfig<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  const text = readConfigFile(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors[0];
  if (syntax) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    throw invalid(file, [`line ${line}, column ${col}: ${syntax.message.split('\n')[0] ?? 'not YAML'}`]);
  }
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  throw invalid(
    file,
    result.error.issues.map((issue) => {
      const key = issue.path.map(String).join('.');
      return `${position(document, lines, issue.path)}${key === '' ? '' : `${key}: `}${issue.message}`;
    }),
  );
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CausewayError({
      code: 'ERR_CONFIG_UNREADABLE',
      message: `the configuration file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      nextStep: 'name an existing file with --config, readable by the user who runs causeway',
      disposition: 'halt',
      cause: error,
    });
  }
}

/** `line 3, column 5: ` of the value at a path, or of the nearest enclosing one that is there. */
function position(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      const { line, col } = lines.linePos(Number(node.range[0]));
      return `line ${line}, column ${col}: `;
    }
  }
  return '';
}

function invalid(file: string, problems: readonly string[]): CausewayError {
  return new CausewayError({
    code: 'ERR_CONFIG_INVALID',
    message: `the configuration file ${file} is not valid:\n  ${problems.join('\n  ')}`,
    nextStep: 'correct the lines named above; docs/configuration.md describes every key',
    disposition: 'halt',
  });
}
