import { PowerShellError } from '../errors.ts';
import { sourceOf, type Source } from '../source.ts';
import type { Script } from './ast.ts';
import { cursorOf } from './cursor.ts';
import { readBinary, readUnary } from './expressions.ts';
import { readBlock } from './functions.ts';
import type { Grammar } from './grammar.ts';
import { precedence } from './operators.ts';
import { readPipeline } from './pipelines.ts';
import { readPostfix } from './primaries.ts';
import { readBody, readStatement, readStatements } from './statements.ts';

/**
 * The syntax tree of a source.
 *
 * @throws PowerShellError with the place of the first thing that is no PowerShell or outside the subset;
 * `ERR_POWERSHELL_INCOMPLETE` when more input could complete it.
 */
export function parse(source: Source): Script {
  const cursor = cursorOf(source);
  const grammar: Grammar = {
    cursor,
    expression: () => readBinary(grammar),
    elementExpression: () => readBinary(grammar, precedence.logical, false),
    unary: () => readUnary(grammar),
    postfix: () => readPostfix(grammar),
    statement: () => readStatement(grammar),
    pipeline: () => readPipeline(grammar),
    statementsUntil: (closing) => readStatements(grammar, closing),
    body: (what) => readBody(grammar, what),
    block: () => readBlock(grammar),
  };
  return { statements: readStatements(grammar, undefined) };
}

/** Whether typed lines are a whole input: false while a bracket, a string, a pipe or an operator is open. */
export function isComplete(text: string): boolean {
  if (/`\n?$/u.test(text)) return false;
  try {
    parse(sourceOf(text));
    return true;
  } catch (error) {
    return !(error instanceof PowerShellError && error.code === 'ERR_POWERSHELL_INCOMPLETE');
  }
}
