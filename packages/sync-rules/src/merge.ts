import { failedExpression } from './errors.ts';
import type { MergeType } from './rule-file.ts';
import type { Attributes, InboundFlow, Lineage, MergedObject, MergedReference, MergePart, RuleRef } from './types.ts';

interface Contribution {
  readonly flow: InboundFlow;
  readonly part: MergePart;
}

/** What merging works on. */
interface Merging {
  readonly mergeTypes: ReadonlyMap<string, MergeType>;
  readonly previous: Attributes | undefined;
  readonly attributes: Record<string, readonly string[]>;
  readonly lineage: Record<string, readonly Lineage[]>;
}

/**
 * The metaverse object of its parts: of each attribute the value of the flow with the lowest precedence, and of equal
 * ones that of the connector created first.
 *
 * @throws {CausewayError} ERR_SYNC_RULES_VALUE when no part has a target type.
 */
export function mergeParts(
  mergeTypes: ReadonlyMap<string, MergeType>,
  parts: readonly MergePart[],
  previous: Attributes | undefined,
): MergedObject {
  const type = parts.find(({ result }) => result.targetType !== undefined)?.result.targetType;
  if (type === undefined) throw failedExpression('a metaverse object needs a part with a target type');
  const isNew = previous === undefined || Object.keys(previous).length === 0;
  const merging: Merging = { mergeTypes, previous: isNew ? undefined : previous, attributes: {}, lineage: {} };
  for (const [target, contributions] of byTarget(parts)) {
    contributions.sort(compareContributions);
    if (isMerged(mergeTypes, target)) mergeValues(merging, target, contributions);
    else takeFirst(merging, target, contributions);
  }
  return {
    type,
    attributes: merging.attributes,
    lineage: merging.lineage,
    references: referencesOf(mergeTypes, parts),
    problems: parts.flatMap(({ result }) => result.problems),
  };
}

function byTarget(parts: readonly MergePart[]): ReadonlyMap<string, Contribution[]> {
  const targets = new Map<string, Contribution[]>();
  for (const part of parts) {
    for (const flow of part.result.flows) {
      const there = targets.get(flow.target);
      if (there) there.push({ flow, part });
      else targets.set(flow.target, [{ flow, part }]);
    }
  }
  return targets;
}

function compareContributions(a: Contribution, b: Contribution): number {
  return before(a.flow.rule, b.flow.rule) || a.part.connectorRank - b.part.connectorRank;
}

function before(a: RuleRef, b: RuleRef): number {
  return a.precedence - b.precedence;
}

function isMerged(mergeTypes: ReadonlyMap<string, MergeType>, target: string): boolean {
  const type = mergeTypes.get(target);
  return type === 'merge' || type === 'mergeCaseInsensitive';
}

function takeFirst(merging: Merging, target: string, contributions: readonly Contribution[]): void {
  const first = contributions.find(({ flow }) => flow.outcome !== 'ignore') ?? contributions[0];
  if (!first) return;
  const { flow } = first;
  const kept = flow.outcome === 'ignore' || (flow.once && merging.previous !== undefined);
  const values = kept ? merging.previous?.[target] : flow.values;
  if (values === undefined || values.length === 0) return;
  merging.attributes[target] = values;
  merging.lineage[target] = [lineageOf(first)];
}

/** All values in the order of precedence, up to an authoritative NULL; of equal ones the first stays. */
function mergeValues(merging: Merging, target: string, contributions: readonly Contribution[]): void {
  const caseless = merging.mergeTypes.get(target) === 'mergeCaseInsensitive';
  const values = new Map<string, string>();
  const lineage: Lineage[] = [];
  for (const contribution of contributions) {
    const { flow } = contribution;
    if (flow.outcome === 'authoritativeNull') break;
    const its =
      flow.outcome === 'ignore' || (flow.once && merging.previous !== undefined)
        ? merging.previous?.[target]
        : flow.values;
    for (const value of its ?? []) {
      const key = caseless ? value.toLowerCase() : value;
      if (!values.has(key)) values.set(key, value);
    }
    if (its !== undefined) lineage.push(lineageOf(contribution));
  }
  if (values.size === 0) return;
  merging.attributes[target] = [...values.values()];
  merging.lineage[target] = lineage;
}

function lineageOf({ flow, part }: Contribution): Lineage {
  return { rule: flow.rule, connector: part.result.connector, source: flow.source };
}

function referencesOf(
  mergeTypes: ReadonlyMap<string, MergeType>,
  parts: readonly MergePart[],
): readonly MergedReference[] {
  const targets = new Map<string, { part: MergePart; source: string; rule: RuleRef }[]>();
  for (const part of parts) {
    for (const { target, source, rule } of part.result.references) {
      targets.set(target, [...(targets.get(target) ?? []), { part, source, rule }]);
    }
  }
  return Array.from(targets, ([target, sources]) => ({
    target,
    merge: isMerged(mergeTypes, target),
    sources: sources.sort((a, b) => before(a.rule, b.rule) || a.part.connectorRank - b.part.connectorRank),
  }));
}
