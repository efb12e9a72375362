import { badExpression, failedExpression } from '../errors.ts';
import type { Compiled } from './compiled.ts';
import type { Node } from './parse.ts';
import { asBoolean, asNumber, asText, isList, type Kind, type Scalar, type Value } from './value.ts';

type Operation = Extract<Node, { type: 'operation' }>;
type Apply = (left: Scalar | null, right: Scalar | null) => Scalar | null;

/** An operator between two values; between the values of an attribute, it applies to each. */
export function compileOperation(node: Operation, left: Compiled, right: Compiled): Compiled {
  const { operator, at } = node;
  for (const side of [left, right])
    if (side.kind === 'control') throw badExpression(at, 'AuthoritativeNull and IgnoreThisFlow can only be a result');
  if (operator === '&&' || operator === '||') return logical(node, left, right);
  if (operator === '&') {
    need(at, '& joins texts; CStr makes one of a number', ['string', 'reference'], left, right);
    return { kind: 'string', evaluate: lifted(left, right, (a, b) => text(a) + text(b)) };
  }
  if (operator === '+' || operator === '-' || operator === '*') {
    need(at, `${operator} is for numbers; & joins texts`, ['number'], left, right);
    return { kind: 'number', evaluate: lifted(left, right, arithmetic(operator)) };
  }
  return comparison(node, left, right);
}

function text(value: Scalar | null): string {
  return value === null ? '' : asText(value);
}

function arithmetic(operator: string): Apply {
  return (left, right) => {
    if (left === null || right === null) return null;
    const [a, b] = [asNumber(left), asNumber(right)];
    if (operator === '+') return a + b;
    return BigInt.asIntN(64, operator === '-' ? a - b : a * b);
  };
}

function logical(node: Operation, left: Compiled, right: Compiled): Compiled {
  need(node.at, `${node.operator} is between conditions`, ['boolean'], left, right);
  const decisive = node.operator === '||';
  return {
    kind: 'boolean',
    evaluate: (input) => {
      const first = left.evaluate(input);
      if (!isList(first) && truth(first) === decisive) return decisive;
      const second = right.evaluate(input);
      if (!isList(first) && !isList(second)) return truth(second);
      return zip(first, second, (a, b) => (decisive ? truth(a) || truth(b) : truth(a) && truth(b)));
    },
  };
}

/** Whether a condition holds: one without a value does not. */
export function truth(value: Value): boolean {
  if (value === null || value === false) return false;
  if (value === true) return true;
  if (isList(value) || typeof value === 'symbol') throw failedExpression('a condition has several values');
  return asBoolean(value);
}

/** Text is compared with regard to case. A missing value equals nothing but NULL, and is neither less nor more. */
function comparison(node: Operation, left: Compiled, right: Compiled): Compiled {
  const { operator, at } = node;
  if (!comparable(left.kind, right.kind)) {
    throw badExpression(at, `a ${left.kind} cannot be compared with a ${right.kind}; CStr and CNum convert`);
  }
  const numeric = left.kind === 'number' || right.kind === 'number';
  const boolean = left.kind === 'boolean' || right.kind === 'boolean';
  const key = (value: Scalar): bigint | number | string => {
    if (numeric) return asNumber(value);
    if (boolean) return asBoolean(value) ? 1 : 0;
    return value instanceof Date ? value.getTime() : asText(value);
  };
  return { kind: 'boolean', evaluate: lifted(left, right, compare(operator, key)) };
}

function compare(operator: string, key: (value: Scalar) => bigint | number | string): Apply {
  const holds = (
    a: Scalar | null,
    b: Scalar | null,
    test: (a: bigint | number | string, b: bigint | number | string) => boolean,
  ): boolean => a !== null && b !== null && test(key(a), key(b));
  const equal: Apply = (a, b) => (a === null && b === null) || holds(a, b, (x, y) => x === y);
  switch (operator) {
    case '=':
      return equal;
    case '<>':
      return (a, b) => equal(a, b) === false;
    case '<':
      return (a, b) => holds(a, b, (x, y) => x < y);
    case '<=':
      return (a, b) => holds(a, b, (x, y) => x <= y);
    case '>':
      return (a, b) => holds(a, b, (x, y) => x > y);
    default:
      return (a, b) => holds(a, b, (x, y) => x >= y);
  }
}

function comparable(left: Kind, right: Kind): boolean {
  return left === right || isOpen(left) || isOpen(right) || (isText(left) && isText(right));
}

/** Of a value that only an object tells. */
function isOpen(kind: Kind): boolean {
  return kind === 'unknown' || kind === 'null';
}

function isText(kind: Kind): boolean {
  return kind === 'string' || kind === 'reference';
}

function need(at: number, message: string, kinds: readonly Kind[], ...sides: readonly Compiled[]): void {
  for (const { kind } of sides) {
    if (!isOpen(kind) && !kinds.includes(kind)) throw badExpression(at, `${message} (this is a ${kind})`);
  }
}

function lifted(left: Compiled, right: Compiled, apply: Apply): Compiled['evaluate'] {
  return (input) => zip(left.evaluate(input), right.evaluate(input), apply);
}

function zip(left: Value, right: Value, apply: Apply): Value {
  if (!isList(left) && !isList(right)) return apply(single(left), single(right));
  return pairs(left, right).map(([a, b]) => apply(a, b));
}

/** Values of two attributes side by side; a single value goes with each. */
function pairs(left: Value, right: Value): readonly (readonly [Scalar | null, Scalar | null])[] {
  const length = sameLength([left, right]);
  return Array.from({ length }, (_, index) => [at(left, index), at(right, index)] as const);
}

/**
 * How many values the lists have.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_VALUE when they have not equally many.
 */
export function sameLength(values: readonly Value[]): number {
  let length: number | undefined;
  for (const value of values) {
    if (!isList(value)) continue;
    if (length !== undefined && length !== value.length)
      throw failedExpression('two attributes have not equally many values');
    length = value.length;
  }
  return length ?? 1;
}

/** The value at a place of a list; anything else as it is. */
export function at(value: Value, index: number): Scalar | null {
  return isList(value) ? (value[index] ?? null) : single(value);
}

function single(value: Value): Scalar | null {
  if (typeof value === 'symbol' || isList(value))
    throw failedExpression('AuthoritativeNull and IgnoreThisFlow can only be a result');
  return value;
}
