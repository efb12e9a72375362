import type { Clock } from '@causeway/model';
import type { CompiledFlow } from './compile-flow.ts';
import { targetTypes, type CompiledRule } from './compile-rule.ts';
import type { Input } from './expression/compiled.ts';
import { authoritativeNull, ignoreThisFlow } from './expression/value.ts';
import { reasonOf, rulesInScope } from './rules-in-scope.ts';
import type {
  Attributes,
  InboundFlow,
  InboundResult,
  JoinClause,
  JoinGroup,
  LinkType,
  ReferenceFlow,
  RuleProblem,
  RuleSet,
} from './types.ts';

type RulesOf = (connector: string, type: string) => readonly CompiledRule[];

const noValues: readonly string[] = [];

/** What inbound rules say of one object. */
export function inboundEvaluation(rulesOf: RulesOf, clock: Clock): RuleSet['inbound'] {
  return (object) => {
    const problems: RuleProblem[] = [];
    const rules = rulesInScope(rulesOf(object.connector, object.type), object, problems);
    const linkType = linkTypeOf(rules);
    const refs = rules.map(({ ref }) => ref);
    const none = {
      connector: object.connector,
      rules: refs,
      linkType,
      passwordSync: false,
      joins: [],
      flows: [],
      references: [],
      problems,
    };
    if (linkType === 'none') return none;
    const input: Input = {
      attributes: object.attributes,
      imported: object.attributes,
      parameters: object.parameters,
      clock,
      variables: [],
    };
    const found: Found = { flows: [], references: [], decided: new Set(), problems };
    for (const rule of rules) {
      for (const flow of rule.flows) if (!found.decided.has(flow.target)) applyFlow(flow, input, found);
    }
    const target = rules.flatMap((rule) => (rule.targetType === '*' ? [] : targetTypes(rule.targetType)))[0];
    return {
      ...none,
      ...(target === undefined ? {} : { targetType: target }),
      joins: joinsOf(rules, object.attributes, problems),
      passwordSync: rules.some(({ passwordSync }) => passwordSync),
      flows: found.flows,
      references: found.references,
    } satisfies InboundResult;
  };
}

/** Only a rule that provisions, or has joins, links an object; others take part in the link. */
function linkTypeOf(rules: readonly CompiledRule[]): LinkType | 'none' {
  const linking = rules.filter(({ linkType, join }) => linkType === 'provision' || join.length > 0);
  if (linking.length === 0) return 'none';
  if (linking.some(({ linkType }) => linkType === 'provision')) return 'provision';
  return linking.some(({ linkType }) => linkType === 'stickyJoin') ? 'stickyJoin' : 'join';
}

interface Found {
  readonly flows: InboundFlow[];
  readonly references: ReferenceFlow[];
  /** Targets that a flow of higher precedence has given a value. */
  readonly decided: Set<string>;
  readonly problems: RuleProblem[];
}

function applyFlow(flow: CompiledFlow, input: Input, found: Found): void {
  const { target, rule, source, once } = flow;
  if (flow.reference !== undefined) {
    found.references.push({ source: flow.reference, target, rule });
    return;
  }
  try {
    const outcome = flow.evaluate(input);
    if (outcome === ignoreThisFlow) {
      found.flows.push({ target, rule, source, outcome: 'ignore', values: noValues, once });
      return;
    }
    if (outcome === authoritativeNull) {
      found.flows.push({ target, rule, source, outcome: 'authoritativeNull', values: noValues, once });
    } else {
      if (outcome.length === 0) return;
      found.flows.push({ target, rule, source, outcome: 'value', values: outcome, once });
      if (flow.merged) return;
    }
  } catch (error) {
    found.problems.push({ rule: rule.name, attribute: target, message: reasonOf(error) });
  }
  found.decided.add(target);
}

function joinsOf(
  rules: readonly CompiledRule[],
  attributes: Attributes,
  problems: RuleProblem[],
): readonly JoinGroup[] {
  const joining = rules.filter(({ join }) => join.length > 0);
  const [first, second] = joining;
  if (first && second) {
    const message = `"${first.ref.name}" has joins too: one rule with joins may be in scope`;
    problems.push({ rule: second.ref.name, attribute: 'join', message });
  }
  return joining.flatMap((rule) =>
    rule.join.flatMap((clauses) => {
      const found = clauses.map(({ source, attribute, caseSensitive }) =>
        clauseOf(attributes[source], attribute, caseSensitive),
      );
      const complete = found.filter((clause) => clause !== undefined);
      if (complete.length < found.length) return [];
      return targetTypes(rule.targetType).map((targetType): JoinGroup => ({
        rule: rule.ref,
        targetType,
        clauses: complete,
      }));
    }),
  );
}

/** An attribute without a value, or with several, joins nothing. */
function clauseOf(
  values: readonly string[] | undefined,
  attribute: string,
  caseSensitive: boolean,
): JoinClause | undefined {
  const value = values?.[0];
  return value === undefined || values?.length !== 1 ? undefined : { attribute, value, caseSensitive };
}
