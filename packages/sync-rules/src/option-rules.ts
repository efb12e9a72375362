import { clauseProblem, type SyncJoinClause, type SyncRule } from './rule-file.ts';
import type { ConnectorFilter, MatchOption, RuleOptions, ScopeClause } from './types.ts';

/** Rules that join accounts of different forests. */
const matched = new Set(['In from AD - User Join', 'In from AD - InetOrgPerson Join']);

/** Joins that each option adds after those by source anchor. */
const matches: Readonly<Record<MatchOption, readonly (readonly SyncJoinClause[])[]>> = {
  once: [],
  mail: [[{ source: 'mail', target: 'mail' }]],
  objectSid: [
    [{ source: 'objectSid', target: 'msExchMasterAccountSid' }],
    [{ source: 'msExchMasterAccountSid', target: 'objectSid' }],
  ],
  accountName: [[{ source: 'sAMAccountName', target: 'accountName' }]],
};

/** A built-in rule with the joins of the chosen option. @see Azure AD Connect custom installation, "Uniquely identifying your users" */
export function withMatch(rule: SyncRule, match: MatchOption): SyncRule {
  return matched.has(rule.name) ? { ...rule, join: [...rule.join, ...matches[match]] } : rule;
}

/** Before every other rule: nothing overrides a filter of the administrator. */
const FILTER_PRECEDENCE = -1;

/** Rules that the filters of the configuration stand for: what matches is `cloudFiltered`. */
export function optionRules(options: RuleOptions | undefined, problems: string[]): readonly SyncRule[] {
  return (options?.filters ?? []).flatMap((filter) => filterRules(filter, problems));
}

function filterRules({ connector, attribute = [], group }: ConnectorFilter, problems: string[]): readonly SyncRule[] {
  const clauses: ScopeClause[] = [...attribute];
  if (group !== undefined) clauses.push({ operator: 'ISNOTMEMBEROF', value: group });
  if (clauses.length === 0) return [];
  const wrong = clauses.map(clauseProblem).filter((problem) => problem !== undefined);
  problems.push(...wrong.map((problem) => `${PLACE}: ${problem}`));
  if (wrong.length > 0) return [];
  return [
    filterRule(`In from AD - User Filtering of ${connector}`, { connector, targetType: 'person', clauses }),
    filterRule(`In from AD - Group Filtering of ${connector}`, { connector, targetType: 'group', clauses }),
  ];
}

const PLACE = 'the filters of the configuration';

function filterRule(
  name: string,
  filter: { connector: string; targetType: 'person' | 'group'; clauses: readonly ScopeClause[] },
): SyncRule {
  const { connector, targetType, clauses } = filter;
  return {
    name,
    description: 'Filters of the configuration.',
    direction: 'inbound',
    connector: { name: connector },
    sourceTypes: targetType === 'person' ? ['user', 'inetOrgPerson'] : ['group'],
    targetType,
    linkType: 'join',
    precedence: FILTER_PRECEDENCE,
    disabled: false,
    passwordSync: false,
    scope: clauses.map((clause) => [clause]),
    join: [],
    flows: [{ target: 'cloudFiltered', constant: 'True', applyOnce: false, mergeType: 'update', at: PLACE }],
    at: PLACE,
  };
}
