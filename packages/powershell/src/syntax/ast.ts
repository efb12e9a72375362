import type { Span } from '../source.ts';

/** A whole input. */
export interface Script {
  readonly statements: readonly Statement[];
}

interface Node {
  readonly at: Span;
}

/** A name of a type as written, without brackets: `int`, `System.Guid`; `isArray` for `int[]`. */
export interface TypeName extends Node {
  readonly name: string;
  readonly isArray: boolean;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | ExpandableString
  | Variable
  | ArrayLiteral
  | Unary
  | Cast
  | Chain
  | Step
  | Access
  | TypeLiteral
  | Paren
  | Subexpression
  | ArrayExpression
  | HashtableLiteral
  | ScriptBlockLiteral;

/** `text` is what was written: a parameter that takes a string gets `007` and not `7`. */
export interface NumberLiteral extends Node {
  readonly kind: 'number';
  readonly value: number;
  readonly text: string;
}

export interface StringLiteral extends Node {
  readonly kind: 'string';
  readonly value: string;
}

/** A string in double quotes, or an unquoted word, with variables in it. */
export interface ExpandableString extends Node {
  readonly kind: 'expandable';
  readonly parts: readonly (string | Variable | Subexpression)[];
}

export interface Variable extends Node {
  readonly kind: 'variable';
  readonly name: string;
  /** `session` for `$script:` and `$global:`, `local` for `$local:`. */
  readonly scope: 'session' | 'local' | undefined;
}

/** `a, b, c`. */
export interface ArrayLiteral extends Node {
  readonly kind: 'array';
  readonly elements: readonly Expression[];
}

export interface Unary extends Node {
  readonly kind: 'unary';
  readonly operator: '-' | '+' | '-not' | '-split' | '-join';
  readonly operand: Expression;
}

export interface Cast extends Node {
  readonly kind: 'cast';
  readonly type: TypeName;
  readonly operand: Expression;
}

/** Binary operators of one precedence, applied from left to right; flat, so that a long chain is no deep tree. */
export interface Chain extends Node {
  readonly kind: 'chain';
  readonly first: Expression;
  readonly rest: readonly { readonly operator: string; readonly operand: Expression }[];
}

/** `$i++`, `--$i`. */
export interface Step extends Node {
  readonly kind: 'step';
  readonly target: Expression;
  readonly by: 1 | -1;
  readonly isPrefix: boolean;
}

/** `$x.Name[0].Method(1)`: flat, like a chain. */
export interface Access extends Node {
  readonly kind: 'access';
  readonly base: Expression;
  readonly accessors: readonly Accessor[];
}

export type Accessor =
  | { readonly kind: 'member'; readonly name: Expression; readonly isStatic: boolean; readonly at: Span }
  | {
      readonly kind: 'call';
      readonly name: Expression;
      readonly isStatic: boolean;
      readonly arguments: readonly Expression[];
      readonly at: Span;
    }
  | { readonly kind: 'index'; readonly index: Expression; readonly at: Span };

export interface TypeLiteral extends Node {
  readonly kind: 'type';
  readonly type: TypeName;
}

/** `( pipeline )`. */
export interface Paren extends Node {
  readonly kind: 'paren';
  readonly statement: Statement;
}

/** `$( statements )`. */
export interface Subexpression extends Node {
  readonly kind: 'subexpression';
  readonly statements: readonly Statement[];
}

/** `@( statements )`. */
export interface ArrayExpression extends Node {
  readonly kind: 'arrayExpression';
  readonly statements: readonly Statement[];
}

export interface HashtableLiteral extends Node {
  readonly kind: 'hashtable';
  readonly entries: readonly { readonly key: Expression; readonly value: Statement }[];
}

export interface ScriptBlockLiteral extends Node {
  readonly kind: 'scriptBlock';
  readonly block: Block;
}

/** The body of a function or a script block. */
export interface Block {
  readonly parameters: readonly ParameterDeclaration[];
  /** `[CmdletBinding()]` or a `[Parameter()]`: takes the common parameters, and no more arguments than it declares. */
  readonly isAdvanced: boolean;
  readonly statements: readonly Statement[];
}

export interface ParameterDeclaration extends Node {
  readonly name: string;
  readonly type: TypeName | undefined;
  readonly isMandatory: boolean;
  readonly position: number | undefined;
  readonly initial: Expression | undefined;
}

export type Statement =
  | Pipeline
  | Assignment
  | If
  | ForEach
  | For
  | While
  | Switch
  | Leave
  | Return
  | Throw
  | Try
  | FunctionDefinition;

export interface Pipeline extends Node {
  readonly kind: 'pipeline';
  readonly elements: readonly PipelineElement[];
}

export type PipelineElement = Command | ExpressionElement;

export interface ExpressionElement extends Node {
  readonly kind: 'expressionElement';
  readonly expression: Expression;
}

export interface Command extends Node {
  readonly kind: 'command';
  readonly name: string;
  readonly nameAt: Span;
  readonly elements: readonly CommandElement[];
}

export type CommandElement =
  | { readonly kind: 'argument'; readonly value: Expression; readonly at: Span }
  /** `value` is there for `-Name:value` only. */
  | { readonly kind: 'parameter'; readonly name: string; readonly value: Expression | undefined; readonly at: Span }
  | { readonly kind: 'splat'; readonly variable: Variable; readonly at: Span };

export interface Assignment extends Node {
  readonly kind: 'assignment';
  /** A variable, a member, an element, a cast of one of these, or several in an array. */
  readonly target: Expression;
  readonly operator: '=' | '+=' | '-=' | '*=' | '/=' | '%=';
  readonly value: Statement;
}

export interface If extends Node {
  readonly kind: 'if';
  readonly clauses: readonly { readonly condition: Statement; readonly body: readonly Statement[] }[];
  readonly otherwise: readonly Statement[];
}

export interface ForEach extends Node {
  readonly kind: 'forEach';
  readonly variable: Variable;
  readonly collection: Statement;
  readonly body: readonly Statement[];
}

export interface For extends Node {
  readonly kind: 'for';
  readonly initial: Statement | undefined;
  readonly condition: Statement | undefined;
  readonly step: Statement | undefined;
  readonly body: readonly Statement[];
}

/** `while`, `do … while`, `do … until`. */
export interface While extends Node {
  readonly kind: 'while';
  readonly condition: Statement;
  readonly body: readonly Statement[];
  readonly bodyFirst: boolean;
  readonly until: boolean;
}

export interface Switch extends Node {
  readonly kind: 'switch';
  readonly mode: 'exact' | 'wildcard' | 'regex';
  readonly caseSensitive: boolean;
  readonly value: Statement;
  readonly clauses: readonly { readonly pattern: Expression; readonly body: readonly Statement[] }[];
  readonly otherwise: readonly Statement[];
}

export interface Leave extends Node {
  readonly kind: 'break' | 'continue';
}

export interface Return extends Node {
  readonly kind: 'return';
  readonly value: Statement | undefined;
}

export interface Throw extends Node {
  readonly kind: 'throw';
  readonly value: Statement | undefined;
}

export interface Try extends Node {
  readonly kind: 'try';
  readonly body: readonly Statement[];
  readonly handler: readonly Statement[] | undefined;
  readonly cleanup: readonly Statement[];
}

export interface FunctionDefinition extends Node {
  readonly kind: 'function';
  readonly name: string;
  readonly block: Block;
}
