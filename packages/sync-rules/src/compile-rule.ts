import { CausewayError } from '@causeway/model';
import {
  connectorAttribute,
  metaverseAttribute,
  metaverseTarget,
  tenantTarget,
  type AttributeSchema,
} from './attributes.ts';
import { compileFlow, type CompiledFlow } from './compile-flow.ts';
import type { AttributeRead, Names } from './expression/compiled.ts';
import type { MergeType, SyncFlow, SyncRule } from './rule-file.ts';
import { compileScope, type Condition } from './scope.ts';
import type { ConnectorKind, LinkType, MetaverseType, RuleRef, ScopeClause } from './types.ts';

/** One clause of a join, ready to be looked up. */
export interface CompiledJoinClause {
  readonly source: string;
  readonly attribute: string;
  readonly caseSensitive: boolean;
}

/** One rule for one connector. */
export interface CompiledRule {
  readonly ref: RuleRef;
  readonly sourceTypes: readonly string[];
  readonly targetType: string;
  readonly linkType: LinkType;
  readonly passwordSync: boolean;
  readonly inScope: Condition;
  readonly join: readonly (readonly CompiledJoinClause[])[];
  readonly flows: readonly CompiledFlow[];
  /** Attributes that it reads, wherever. */
  readonly reads: ReadonlySet<string>;
  readonly membershipGroups: readonly string[];
}

const inboundSources: Readonly<Record<ConnectorKind, readonly string[]>> = {
  ad: ['user', 'inetOrgPerson', 'group', 'foreignSecurityPrincipal'],
  tenant: ['user', 'group'],
};
const metaverseTypes: readonly MetaverseType[] = ['person', 'group'];

/** Metaverse types that a rule's target stands for. */
export function targetTypes(targetType: string): readonly MetaverseType[] {
  return targetType === '*' ? metaverseTypes : metaverseTypes.filter((type) => type === targetType);
}

/** Names of attributes with every read noted down. */
interface Reads extends Names {
  readonly all: Set<string>;
}

/**
 * A rule compiled for a connector of a kind. What is wrong is added to the problems, with its place.
 */
export function compileRule(rule: SyncRule, kind: ConnectorKind, problems: string[]): CompiledRule {
  const wrong = typesProblem(rule, kind);
  if (wrong !== undefined) problems.push(`${rule.at}: rule "${rule.name}": ${wrong}`);
  const reads = readsOf(rule, kind);
  const attempt = attempting(rule, problems);
  const scope = rule.scope.map((clauses) =>
    clauses.map((clause) => attempt(rule.at, () => scopeClause(clause, reads)) ?? clause),
  );
  const ref = { name: rule.name, precedence: rule.precedence };
  const join = rule.join.map((clauses) =>
    clauses.flatMap((clause) => attempt(rule.at, () => joinClause(clause, reads)) ?? []),
  );
  const flows = rule.flows.flatMap(
    (flow) => attempt(flow.at, () => compileFlow(flow, flowTarget(rule, flow), reads, ref)) ?? [],
  );
  return {
    ref,
    sourceTypes: rule.sourceTypes,
    targetType: rule.targetType,
    linkType: rule.linkType,
    passwordSync: rule.passwordSync,
    inScope: compileScope(scope),
    join,
    flows,
    reads: reads.all,
    membershipGroups: scope
      .flat()
      .flatMap(({ operator, value }) => (operator.endsWith('MEMBEROF') && value !== undefined ? [value] : [])),
  };
}

/** How a target's values are merged, by target; the first rule says it, and others have to agree. */
export function checkMergeTypes(rules: readonly SyncRule[], problems: string[]): ReadonlyMap<string, MergeType> {
  const types = new Map<string, MergeType>();
  for (const rule of rules) {
    if (rule.direction !== 'inbound') continue;
    for (const { target, mergeType, at } of rule.flows) {
      const agreed = types.get(target);
      if (agreed === undefined) types.set(target, mergeType);
      else if (agreed !== mergeType)
        problems.push(
          `${at}: rule "${rule.name}": ${target} is merged by ${mergeType} here and by ${agreed} elsewhere`,
        );
    }
  }
  return types;
}

function typesProblem(rule: SyncRule, kind: ConnectorKind): string | undefined {
  const sources = rule.direction === 'inbound' ? inboundSources[kind] : metaverseTypes;
  const unknown = rule.sourceTypes.find((type) => !sources.some((known) => known === type));
  if (unknown !== undefined) return `sourceType is one of ${sources.join(', ')}, not "${unknown}"`;
  if (rule.direction === 'inbound') return inboundProblem(rule, kind);
  if (kind === 'ad') return 'nothing is written to a forest: an outbound rule is for the tenant';
  if (rule.targetType !== 'user' && rule.targetType !== 'group')
    return `targetType is user or group, not "${rule.targetType}"`;
  if (rule.linkType === 'stickyJoin') return 'an outbound rule provisions or joins';
  if (rule.join.length > 0) return 'joins are for inbound rules: objects of the tenant join by their source anchor';
  if (rule.passwordSync) return 'passwordSync is for inbound rules';
  if (rule.flows.some(({ mergeType }) => mergeType !== 'update'))
    return 'values are merged in the metaverse, by inbound rules';
  return undefined;
}

function inboundProblem(rule: SyncRule, kind: ConnectorKind): string | undefined {
  if (rule.targetType !== '*' && targetTypes(rule.targetType).length === 0)
    return `targetType is person, group or *, not "${rule.targetType}"`;
  if (rule.targetType === '*' && (rule.linkType === 'provision' || rule.flows.length > 0))
    return 'targetType * is for rules that only join';
  if (kind === 'tenant' && rule.linkType === 'provision') return 'an object of the tenant makes none in the metaverse';
  if (rule.passwordSync && (kind !== 'ad' || rule.sourceTypes.some((type) => type !== 'user')))
    return 'passwordSync is for users of a forest';
  return undefined;
}

function readsOf(rule: SyncRule, kind: ConnectorKind): Reads {
  const all = new Set<string>();
  const noted = (read: AttributeRead | string): AttributeRead | string => {
    if (typeof read !== 'string') all.add(read.name);
    return read;
  };
  const connector = (name: string): AttributeRead | string => connectorAttribute(kind, name);
  if (rule.direction === 'inbound')
    return { all, attribute: (name) => noted(connector(name)), imported: (name) => noted(connector(name)) };
  return { all, attribute: (name) => noted(metaverseAttribute(name)), imported: connector };
}

/** Runs what may find a rule wrong, and notes down what it found. */
function attempting(
  rule: SyncRule,
  problems: string[],
): <Result>(at: string, compile: () => Result | string) => Result | undefined {
  return (at, compile) => {
    try {
      const result = compile();
      if (typeof result !== 'string') return result;
      problems.push(`${at}: rule "${rule.name}": ${result}`);
    } catch (error) {
      if (!(error instanceof CausewayError)) throw error;
      problems.push(`${at}: rule "${rule.name}": ${error.message}`);
    }
    return undefined;
  };
}

function scopeClause(clause: ScopeClause, names: Names): ScopeClause | string {
  if (clause.attribute === undefined) return clause;
  const read = names.attribute(clause.attribute);
  if (typeof read === 'string') return read;
  if (clause.operator.endsWith('BITSET') && read.kind !== 'number' && read.kind !== 'unknown')
    return `${read.name} is not a number: it has no bits`;
  return { ...clause, attribute: read.name };
}

function joinClause(clause: SyncRule['join'][number][number], names: Names): CompiledJoinClause | string {
  const source = names.attribute(clause.source);
  const target = metaverseAttribute(clause.target);
  if (typeof source === 'string') return source;
  if (typeof target === 'string') return target;
  if (target.kind === 'reference' || source.kind === 'reference') return 'a reference cannot be joined by';
  if ((target.kind === 'binary') !== (source.kind === 'binary') && source.kind !== 'unknown')
    return `${clause.source} and ${clause.target} are of different types`;
  return {
    source: source.name,
    attribute: target.name,
    caseSensitive: clause.caseSensitive ?? target.kind === 'binary',
  };
}

function flowTarget(rule: SyncRule, flow: SyncFlow): AttributeSchema | string {
  return rule.direction === 'inbound' ? metaverseTarget(flow.target) : tenantTarget(rule.targetType, flow.target);
}
