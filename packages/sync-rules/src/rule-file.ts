import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { invalidRules } from './errors.ts';
import { operators, type ConnectorKind, type LinkType, type ScopeClause } from './types.ts';

/** How values of several connectors become one attribute's. */
export type MergeType = 'update' | 'merge' | 'mergeCaseInsensitive';

/** One attribute flow as written: exactly one of source, constant and expression. */
export interface SyncFlow {
  readonly target: string;
  readonly source?: string | undefined;
  readonly constant?: string | undefined;
  readonly expression?: string | undefined;
  readonly applyOnce: boolean;
  readonly mergeType: MergeType;
  /** File, line and column. */
  readonly at: string;
}

export interface SyncJoinClause {
  /** Attribute of the connector space. */
  readonly source: string;
  /** Attribute of the metaverse. */
  readonly target: string;
  /** Undefined: as the attribute's type wants it. */
  readonly caseSensitive?: boolean | undefined;
}

/** One synchronization rule as written, checked for its form. */
export interface SyncRule {
  readonly name: string;
  readonly description: string;
  readonly direction: 'inbound' | 'outbound';
  /** A connector by its name, or all of a kind. */
  readonly connector: { readonly name: string } | { readonly kind: ConnectorKind };
  readonly sourceTypes: readonly string[];
  /** `*`: whatever the join finds. */
  readonly targetType: string;
  readonly linkType: LinkType;
  readonly precedence: number;
  readonly disabled: boolean;
  readonly passwordSync: boolean;
  readonly scope: readonly (readonly ScopeClause[])[];
  readonly join: readonly (readonly SyncJoinClause[])[];
  readonly flows: readonly SyncFlow[];
  /** File, line and column. */
  readonly at: string;
}

/** What a file of rules says. */
export interface SyncRules {
  readonly rules: readonly SyncRule[];
  /** Names of built-in rules that do not apply. */
  readonly disable: readonly { readonly name: string; readonly at: string }[];
}

/** Precedences of the administrator's rules are below, those of built-in rules from here. */
export const FIRST_BUILT_IN = 100;
const MAX_CHARACTERS = 1_048_576;

/** A YAML scalar that stands for text: True and False as rules write them. */
const text = z.union([z.string().max(8192), z.boolean(), z.number().int()]).transform((value) => {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
});

const attribute = z.string().min(1).max(256);

const scopeClause = z
  .strictObject({ attribute: attribute.optional(), operator: z.enum(operators), value: text.optional() })
  .superRefine((clause, context) => {
    const wrong = clauseProblem(clause);
    if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong });
  });

const flow = z
  .strictObject({
    target: attribute,
    source: attribute.optional(),
    constant: text.optional(),
    expression: z.string().optional(),
    applyOnce: z.boolean().default(false),
    mergeType: z.enum(['update', 'merge', 'mergeCaseInsensitive']).default('update'),
  })
  .refine(
    ({ source, constant, expression }) =>
      [source, constant, expression].filter((each) => each !== undefined).length === 1,
    {
      message: 'a flow has exactly one of source, constant and expression',
    },
  );

const joinClause = z.strictObject({ source: attribute, target: attribute, caseSensitive: z.boolean().optional() });

const ruleSchema = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().default(''),
  direction: z.enum(['inbound', 'outbound']),
  connector: z.union([z.strictObject({ name: z.string().min(1) }), z.strictObject({ kind: z.enum(['ad', 'tenant']) })]),
  sourceType: z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]),
  targetType: z.string(),
  linkType: z.enum(['provision', 'join', 'stickyJoin']),
  precedence: z.number().int().min(0).max(999),
  disabled: z.boolean().default(false),
  passwordSync: z.boolean().default(false),
  scope: z.array(z.array(scopeClause).min(1).max(100)).max(100).default([]),
  join: z.array(z.array(joinClause).min(1).max(10)).max(20).default([]),
  flows: z.array(flow).max(500).default([]),
});

const fileSchema = z.strictObject({
  disable: z.array(z.string()).default([]),
  rules: z.array(ruleSchema).max(1000).default([]),
});

/**
 * The rules of the administrator in a YAML text.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_INVALID naming everything that is wrong, with file, line and column; also
 *   for more than 1,048,576 characters.
 */
export function parseSyncRules(text: string, file: string): SyncRules {
  return parseRuleFile(text, file, (precedence) =>
    precedence < FIRST_BUILT_IN ? undefined : `the precedence of a custom rule is 0 to ${FIRST_BUILT_IN - 1}`,
  );
}

/** The rules in a YAML text whose precedences pass the check. */
export function parseRuleFile(
  text: string,
  file: string,
  check: (precedence: number) => string | undefined,
): SyncRules {
  if (text.length > MAX_CHARACTERS) throw invalidRules([`${file}: longer than ${MAX_CHARACTERS} characters`]);
  const lines = new LineCounter();
  const document = readDocument(text, file, lines);
  const at = (path: readonly PropertyKey[]): string => `${file} ${position(document, lines, path)}`;
  const result = fileSchema.safeParse(plain(document, file) ?? {});
  if (!result.success) {
    throw invalidRules(
      result.error.issues.map((issue) => `${at(issue.path)}: ${issue.path.map(String).join('.')}: ${issue.message}`),
    );
  }
  const problems: string[] = [];
  const rules = result.data.rules.map((rule, index): SyncRule => {
    const wrong = check(rule.precedence);
    if (wrong !== undefined) problems.push(`${at(['rules', index, 'precedence'])}: rule "${rule.name}": ${wrong}`);
    const { sourceType: sourceTypes, flows, ...rest } = rule;
    const placed = flows.map((each, place) => ({ ...each, at: at(['rules', index, 'flows', place]) }));
    return { ...rest, sourceTypes, flows: placed, at: at(['rules', index]) };
  });
  if (problems.length > 0) throw invalidRules(problems);
  return { rules, disable: result.data.disable.map((name, index) => ({ name, at: at(['disable', index]) })) };
}

function readDocument(text: string, file: string, lines: LineCounter): Document {
  try {
    const document = parseDocument(text, { lineCounter: lines });
    const syntax = document.errors[0];
    if (!syntax) return document;
    const { line, col } = lines.linePos(syntax.pos[0]);
    throw invalidRules([`${file} line ${line}, column ${col}: ${syntax.message.split('\n')[0] ?? 'not YAML'}`]);
  } catch (error) {
    if (error instanceof RangeError) throw invalidRules([`${file}: nested too deeply`]);
    throw error;
  }
}

function plain(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw invalidRules([`${file}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'not YAML'}`]);
  }
}

/** Of the value at a path, or of the nearest enclosing one that is there. */
function position(document: Document, lines: LineCounter, path: readonly PropertyKey[]): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      const { line, col } = lines.linePos(Number(node.range[0]));
      return `line ${line}, column ${col}`;
    }
  }
  return 'line 1, column 1';
}

/** What is wrong with a condition; undefined when it is well formed. */
export function clauseProblem(clause: ScopeClause): string | undefined {
  const { operator } = clause;
  const membership = operator === 'ISMEMBEROF' || operator === 'ISNOTMEMBEROF';
  const nullTest = operator === 'ISNULL' || operator === 'ISNOTNULL';
  if (membership && clause.attribute !== undefined) return `${operator} has no attribute`;
  if (!membership && clause.attribute === undefined) return `${operator} needs an attribute`;
  if (nullTest && clause.value !== undefined) return `${operator} has no value`;
  if (!nullTest && (clause.value === undefined || clause.value === '')) return `${operator} needs a value`;
  if (operator.endsWith('BITSET') && !/^[1-9]\d{0,18}$/.test(clause.value ?? ''))
    return `the value of ${operator} is a number above 0`;
  return undefined;
}
