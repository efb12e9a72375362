import type { Assignment, Expression, PipelineElement, Statement } from './ast.ts';
import {
  accept,
  match,
  nested,
  peek,
  refused,
  skipBlanks,
  skipLines,
  spanFrom,
  startsWith,
  syntaxError,
} from './cursor.ts';
import { readCommand, refuseSpecial } from './commands.ts';
import { isExpressionStart } from './expressions.ts';
import type { Grammar } from './grammar.ts';

/** A pipeline, or an assignment. */
export function readPipeline(grammar: Grammar): Statement {
  const { cursor } = grammar;
  const start = cursor.position;
  const first = readFirst(grammar);
  if (first.kind === 'expressionElement') {
    if (startsWith(cursor, '==')) throw syntaxError(cursor, "'==' is no operator; '-eq' compares.");
    const operator = match(cursor, /(?<operator>[-+*/%]?=)/uy)?.groups?.['operator'];
    if (operator !== undefined) return readAssignment(grammar, first.expression, operator as Assignment['operator']);
  }
  const elements: PipelineElement[] = [first];
  let end = first.at.end;
  while (!startsWith(cursor, '||') && accept(cursor, '|')) {
    skipLines(cursor);
    if (peek(cursor) === undefined) throw syntaxError(cursor, "A command is missing after '|'.");
    if (isExpressionStart(cursor)) {
      throw syntaxError(cursor, 'An expression can only be the first element of a pipeline.');
    }
    const command = readCommand(grammar);
    elements.push(command);
    end = command.at.end;
    skipBlanks(cursor);
  }
  return { kind: 'pipeline', elements, at: { start, end } };
}

function readFirst(grammar: Grammar): PipelineElement {
  const { cursor } = grammar;
  const start = cursor.position;
  if (!isExpressionStart(cursor)) return readCommand(grammar);
  refuseSpecial(cursor);
  const expression = grammar.expression();
  const at = spanFrom(cursor, start);
  skipBlanks(cursor);
  return { kind: 'expressionElement', expression, at };
}

function readAssignment(grammar: Grammar, target: Expression, operator: Assignment['operator']): Assignment {
  const { cursor } = grammar;
  if (!isAssignable(target)) {
    throw refused(cursor, target.at.start, {
      code: 'ERR_POWERSHELL_SYNTAX',
      message: 'Only a variable, a property or an element can be assigned to.',
      nextStep: "Compare with '-eq'; nothing of the script has run.",
    });
  }
  cursor.position += operator.length;
  skipLines(cursor);
  if (peek(cursor) === undefined) throw syntaxError(cursor, `A value is missing after '${operator}'.`);
  const value = nested(cursor, () => grammar.statement());
  return { kind: 'assignment', target, operator, value, at: { start: target.at.start, end: value.at.end } };
}

function isAssignable(target: Expression): boolean {
  if (target.kind === 'access') return target.accessors.at(-1)?.kind !== 'call';
  if (target.kind === 'cast') return target.operand.kind === 'variable';
  if (target.kind === 'array') return target.elements.every((element) => element.kind === 'variable');
  return target.kind === 'variable';
}
