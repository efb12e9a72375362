import type { Clock } from '@causeway/model';
import type { CompiledFlow, FlowOutcome } from './compile-flow.ts';
import type { CompiledRule } from './compile-rule.ts';
import type { Input } from './expression/compiled.ts';
import { authoritativeNull, ignoreThisFlow } from './expression/value.ts';
import { reasonOf, rulesInScope } from './rules-in-scope.ts';
import type {
  Attributes,
  Lineage,
  MetaverseObject,
  OutboundContext,
  OutboundResult,
  ReferenceFlow,
  RuleProblem,
  RuleSet,
  TenantType,
} from './types.ts';

type RulesOf = (connector: string, type: string) => readonly CompiledRule[];

/** What is found out about the target object, attribute by attribute. */
interface Found {
  readonly attributes: Record<string, readonly string[]>;
  readonly lineage: Record<string, readonly Lineage[]>;
  readonly references: ReferenceFlow[];
  readonly problems: RuleProblem[];
  readonly decided: Set<string>;
}

/** What outbound rules say of one metaverse object. */
export function outboundEvaluation(rulesOf: RulesOf, clock: Clock): RuleSet['outbound'] {
  return (connector, object, context = {}) => {
    const found: Found = { attributes: {}, lineage: {}, references: [], problems: [], decided: new Set() };
    const rules = rulesInScope(rulesOf(connector, object.type), object, found.problems);
    const target = rules.find(({ linkType }) => linkType === 'provision')?.targetType;
    if (target !== undefined) applyRules(rules, inputOf(object, context, clock), context, found);
    const { decided: _, ...result } = found;
    return {
      ...result,
      inScope: target !== undefined,
      ...(isTenantType(target) ? { targetType: target } : {}),
      rules: rules.map(({ ref }) => ref),
    } satisfies OutboundResult;
  };
}

function isTenantType(type: string | undefined): type is TenantType {
  return type === 'user' || type === 'group';
}

function inputOf(object: MetaverseObject, context: OutboundContext, clock: Clock): Input {
  return {
    attributes: object.attributes,
    imported: context.existing ?? {},
    parameters: context.parameters ?? {},
    clock,
    variables: [],
  };
}

function applyRules(rules: readonly CompiledRule[], input: Input, context: OutboundContext, found: Found): void {
  for (const rule of rules) {
    for (const flow of rule.flows) if (!found.decided.has(flow.target)) applyFlow(flow, input, context.existing, found);
  }
}

function applyFlow(flow: CompiledFlow, input: Input, existing: Attributes | undefined, found: Found): void {
  const { target, rule, source } = flow;
  if (flow.reference !== undefined) {
    found.references.push({ source: flow.reference, target, rule });
    found.decided.add(target);
    return;
  }
  try {
    const outcome: FlowOutcome = flow.once && existing !== undefined ? ignoreThisFlow : flow.evaluate(input);
    const ignored = outcome === ignoreThisFlow;
    const values = ignored ? existing?.[target] : outcome === authoritativeNull ? undefined : outcome;
    if (values !== undefined && values.length > 0) {
      found.attributes[target] = values;
      found.lineage[target] = [{ rule, source }];
    }
    if (outcome === authoritativeNull || (!ignored && values !== undefined && values.length > 0))
      found.decided.add(target);
  } catch (error) {
    found.problems.push({ rule: rule.name, attribute: target, message: reasonOf(error) });
    found.decided.add(target);
  }
}
