import type { Clock } from '@causeway/model';
import { badExpression } from '../errors.ts';
import type { Attributes } from '../types.ts';
import type { Node } from './parse.ts';
import type { Kind, Value } from './value.ts';

/** What an expression is evaluated with. */
export interface Input {
  readonly attributes: Attributes;
  /** What `ImportedValue` looks at. */
  readonly imported: Attributes;
  readonly parameters: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Values of `$variables`, by their number. */
  readonly variables: Value[];
}

/** An expression that is ready to be evaluated. */
export interface Compiled {
  readonly kind: Kind;
  /** @throws {CausewayError} ERR_SYNC_RULES_VALUE when there is no value for this object, with the reason. */
  readonly evaluate: (input: Input) => Value;
}

/** What an expression may refer to; a text is why it may not. */
export interface Names {
  readonly attribute: (name: string) => AttributeRead | string;
  readonly imported: (name: string) => AttributeRead | string;
}

export interface AttributeRead {
  readonly name: string;
  readonly kind: Kind;
}

/** Everything that compiling hands down. */
export interface Scope {
  readonly names: Names;
  readonly variables: ReadonlyMap<string, { readonly index: number; readonly kind: Kind }>;
}

export type Call = Extract<Node, { type: 'call' }>;
export type CompileNode = (node: Node, scope: Scope) => Compiled;

/** @throws {CausewayError} ERR_SYNC_RULES_EXPRESSION when a call has fewer or more arguments. */
export function countArguments(node: Call, least: number, most: number): void {
  const given = node.args.length;
  if (given >= least && given <= most) return;
  const wanted = least === most ? String(least) : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  throw badExpression(node.at, `${node.name} takes ${wanted} arguments, not ${given}`);
}
