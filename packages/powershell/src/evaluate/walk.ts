import type { Accessor, Block, Command, Expression, PipelineElement, Statement } from '../syntax/ast.ts';

/** Where a node is: what may be left with `break` or `return` there. */
export interface Place {
  /** Inside a loop or a `switch` of the same block. */
  readonly inLoop: boolean;
  /** Inside brackets, whose statements give a value, or inside `finally`: nothing leads out of there. */
  readonly isEnclosed: boolean;
}

/** Called for every node, outer ones first. */
export interface Visitor {
  statement?(statement: Statement, place: Place): void;
  expression?(expression: Expression): void;
  command?(command: Command, place: { readonly hasInput: boolean }): void;
  block?(block: Block): void;
}

const enclosed: Place = { inLoop: false, isEnclosed: true };
const top: Place = { inLoop: false, isEnclosed: false };

/** Visits all nodes of statements. */
export function walk(statements: readonly Statement[], visitor: Visitor, place: Place = top): void {
  for (const statement of statements) walkStatement(statement, visitor, place);
}

function walkStatement(statement: Statement, visitor: Visitor, place: Place): void {
  visitor.statement?.(statement, place);
  const inner = (one: Statement | undefined) => {
    if (one !== undefined) walkStatement(one, visitor, place);
  };
  const loop = { ...place, inLoop: true };
  switch (statement.kind) {
    case 'pipeline':
      statement.elements.forEach((element, index) => walkElement(element, visitor, index > 0));
      break;
    case 'assignment':
      walkExpression(statement.target, visitor);
      inner(statement.value);
      break;
    case 'if':
      for (const { condition, body } of statement.clauses) {
        inner(condition);
        walk(body, visitor, place);
      }
      walk(statement.otherwise, visitor, place);
      break;
    case 'forEach':
      inner(statement.collection);
      walk(statement.body, visitor, loop);
      break;
    case 'for':
      inner(statement.initial);
      inner(statement.condition);
      inner(statement.step);
      walk(statement.body, visitor, loop);
      break;
    case 'while':
      inner(statement.condition);
      walk(statement.body, visitor, loop);
      break;
    case 'switch':
      inner(statement.value);
      for (const { pattern, body } of statement.clauses) {
        walkExpression(pattern, visitor);
        walk(body, visitor, loop);
      }
      walk(statement.otherwise, visitor, loop);
      break;
    case 'return':
    case 'throw':
      inner(statement.value);
      break;
    case 'try':
      for (const body of [statement.body, statement.handler ?? []]) walk(body, visitor, place);
      walk(statement.cleanup, visitor, enclosed);
      break;
    case 'function':
      walkBlock(statement.block, visitor);
      break;
    case 'break':
    case 'continue':
      break;
  }
}

function walkElement(element: PipelineElement, visitor: Visitor, hasInput: boolean): void {
  if (element.kind === 'expressionElement') return walkExpression(element.expression, visitor);
  visitor.command?.(element, { hasInput });
  for (const part of element.elements) {
    if (part.kind === 'splat') walkExpression(part.variable, visitor);
    else if (part.value !== undefined) walkExpression(part.value, visitor);
  }
}

function walkBlock(block: Block, visitor: Visitor): void {
  visitor.block?.(block);
  for (const { initial } of block.parameters) if (initial !== undefined) walkExpression(initial, visitor);
  walk(block.statements, visitor);
}

function walkExpression(expression: Expression, visitor: Visitor): void {
  visitor.expression?.(expression);
  const each = (parts: readonly Expression[]) => {
    for (const part of parts) walkExpression(part, visitor);
  };
  switch (expression.kind) {
    case 'expandable':
      return each(expression.parts.filter((part) => typeof part !== 'string'));
    case 'array':
      return each(expression.elements);
    case 'unary':
    case 'cast':
      return walkExpression(expression.operand, visitor);
    case 'chain':
      return each([expression.first, ...expression.rest.map(({ operand }) => operand)]);
    case 'step':
      return walkExpression(expression.target, visitor);
    case 'access':
      return each([expression.base, ...expression.accessors.flatMap(accessorParts)]);
    case 'paren':
      return walkStatement(expression.statement, visitor, enclosed);
    case 'subexpression':
    case 'arrayExpression':
      return walk(expression.statements, visitor, enclosed);
    case 'hashtable':
      for (const { key, value } of expression.entries) {
        walkExpression(key, visitor);
        walkStatement(value, visitor, enclosed);
      }
      return;
    case 'scriptBlock':
      return walkBlock(expression.block, visitor);
    case 'number':
    case 'string':
    case 'variable':
    case 'type':
  }
}

function accessorParts(accessor: Accessor): readonly Expression[] {
  if (accessor.kind === 'index') return [accessor.index];
  return accessor.kind === 'call' ? [accessor.name, ...accessor.arguments] : [accessor.name];
}
