import type { Block, Expression, Statement } from './ast.ts';
import type { Cursor } from './cursor.ts';

/**
 * The rules that need each other, bound together in `parser.ts`: an expression may hold statements, and a statement
 * expressions. Each reads at the cursor and leaves it behind what it has read.
 */
export interface Grammar {
  readonly cursor: Cursor;
  /** An expression with all operators, the comma too. */
  expression(): Expression;
  /** An expression that ends before a comma: an argument of a method. */
  elementExpression(): Expression;
  /** An operand: a primary with its accessors and the operators before and after it. */
  unary(): Expression;
  /** A value with its accessors. */
  postfix(): Expression;
  /** A statement, up to its terminator. */
  statement(): Statement;
  /** A pipeline or an assignment: what may stand in brackets. */
  pipeline(): Statement;
  /** Statements up to a closing bracket, and past it. */
  statementsUntil(closing: string): Statement[];
  /** A `{ … }` of statements. */
  body(what: string): Statement[];
  /** The inside of a script block or a function, and its closing brace. */
  block(): Block;
}
