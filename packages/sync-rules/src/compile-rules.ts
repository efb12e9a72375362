import { createHash } from 'node:crypto';
import type { Clock } from '@causeway/model';
import { builtInRules } from './built-in-rules.ts';
import { checkMergeTypes, compileRule, type CompiledRule } from './compile-rule.ts';
import { invalidRules } from './errors.ts';
import { inboundEvaluation } from './inbound.ts';
import { mergeParts } from './merge.ts';
import { optionRules, withMatch } from './option-rules.ts';
import { outboundEvaluation } from './outbound.ts';
import { FIRST_BUILT_IN, type SyncRule, type SyncRules } from './rule-file.ts';
import type { Connector, RuleOptions, RuleSet } from './types.ts';

/** What a rule set is made of. */
export interface RuleInput {
  /** Files of the administrator; the built-in rules are added. */
  readonly rules: readonly SyncRules[];
  /** In the order of their creation. */
  readonly connectors: readonly Connector[];
  readonly options?: RuleOptions;
  /** What `Now()` gives. */
  readonly clock: Clock;
}

/**
 * The rule set of the built-in rules and those of the administrator.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_INVALID naming everything that does not fit together, with file, line and column.
 */
export function compileRules(input: RuleInput): RuleSet {
  const problems: string[] = [];
  const rules = activeRules(input, problems);
  const mergeTypes = checkMergeTypes(rules, problems);
  const inbound = compileFor('inbound', rules, input.connectors, problems);
  const outbound = compileFor('outbound', rules, input.connectors, problems);
  if (problems.length > 0) throw invalidRules([...new Set(problems)]);
  const all = [...inbound.all, ...outbound.all];
  return {
    sourceAttributes: (connector, type) => {
      const names = inbound.rulesOf(connector, type).flatMap(({ reads }) => [...reads]);
      return [...new Set(names)].sort();
    },
    targetAttributes: (connector, type) => {
      const flows = outbound.all
        .filter((rule) => rule.connector === connector && rule.targetType === type)
        .flatMap((rule) => rule.flows);
      return [...new Set(flows.map(({ target }) => target))].sort();
    },
    joinAttributes: [...new Set(all.flatMap(({ join }) => join.flat()).map(({ attribute }) => attribute))].sort(),
    membershipGroups: distinctNames(all.flatMap(({ membershipGroups }) => membershipGroups)),
    inbound: inboundEvaluation(inbound.rulesOf, input.clock),
    merge: (parts, previous) => mergeParts(mergeTypes, parts, previous),
    outbound: outboundEvaluation(outbound.rulesOf, input.clock),
    digest: digestOf(rules, input.connectors),
  };
}

/** Rules that apply, by precedence; those of the options come first. */
function activeRules(input: RuleInput, problems: string[]): readonly SyncRule[] {
  const builtIn = builtInRules().rules;
  const custom = input.rules.flatMap(({ rules }) => rules);
  const disabled = new Set<string>();
  for (const { name, at } of input.rules.flatMap(({ disable }) => disable)) {
    disabled.add(name);
    if (!builtIn.some((rule) => rule.name === name))
      problems.push(`${at}: there is no built-in rule "${name}" to disable`);
  }
  const kept = builtIn.filter(({ name }) => !disabled.has(name));
  checkDistinct(custom, new Set(builtIn.map(({ name }) => name)), problems);
  const ordered = [...custom, ...kept.map((rule) => withMatch(rule, input.options?.match ?? 'once'))]
    .filter((rule) => !rule.disabled)
    .sort((a, b) => a.precedence - b.precedence);
  return [...optionRules(input.options, problems), ...ordered];
}

function checkDistinct(custom: readonly SyncRule[], taken: ReadonlySet<string>, problems: string[]): void {
  const names = new Set(taken);
  const precedences = new Map<number, string>();
  for (const { name, precedence, at } of custom) {
    if (names.has(name))
      problems.push(`${at}: the name "${name}" is taken; a changed copy of a built-in rule has a name of its own`);
    names.add(name);
    const other = precedences.get(precedence);
    if (other !== undefined)
      problems.push(
        `${at}: rule "${name}": "${other}" has precedence ${precedence} too; each of 0 to ${FIRST_BUILT_IN - 1} is for one rule`,
      );
    precedences.set(precedence, name);
  }
}

interface ConnectorRule extends CompiledRule {
  readonly connector: string;
}

interface CompiledRules {
  readonly all: readonly ConnectorRule[];
  /** By precedence. */
  readonly rulesOf: (connector: string, sourceType: string) => readonly CompiledRule[];
}

function compileFor(
  direction: SyncRule['direction'],
  rules: readonly SyncRule[],
  connectors: readonly Connector[],
  problems: string[],
): CompiledRules {
  const all: ConnectorRule[] = [];
  const bySource = new Map<string, Map<string, CompiledRule[]>>();
  for (const rule of rules) {
    if (rule.direction !== direction) continue;
    const { connector } = rule;
    const its = connectors.filter(({ name, kind }) =>
      'name' in connector ? name === connector.name : kind === connector.kind,
    );
    if ('name' in connector && its.length === 0)
      problems.push(
        `${rule.at}: rule "${rule.name}": there is no connector "${connector.name}" (names are case-sensitive)`,
      );
    for (const { name, kind } of its) {
      const compiled = { ...compileRule(rule, kind, problems), connector: name };
      all.push(compiled);
      const types = bySource.get(name) ?? new Map<string, CompiledRule[]>();
      bySource.set(name, types);
      for (const type of new Set(rule.sourceTypes)) types.set(type, [...(types.get(type) ?? []), compiled]);
    }
  }
  const none: readonly CompiledRule[] = [];
  return { all, rulesOf: (connector, type) => bySource.get(connector)?.get(type) ?? none };
}

function distinctNames(names: readonly string[]): readonly string[] {
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}

/** Raised when the same rules come to mean something else. */
const MEANING = 1;

function digestOf(rules: readonly SyncRule[], connectors: readonly Connector[]): string {
  return createHash('sha256')
    .update(JSON.stringify([MEANING, connectors.map(({ name, kind }) => [name, kind]), rules], meaningful))
    .digest('hex');
}

/** Neither the place of a rule nor its description changes what it does. */
function meaningful(key: string, value: unknown): unknown {
  return key === 'at' || key === 'description' ? undefined : value;
}
