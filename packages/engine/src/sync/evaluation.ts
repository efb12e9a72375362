import type { CausewayError } from '@causeway/model';
import type { InboundResult } from '@causeway/sync-rules';
import { parseAttributes } from '../attributes.ts';
import type { EngineContext } from '../context.ts';
import { ownNameOf } from '../distinguished-name.ts';
import type { CsRow } from '../store/cs-row.ts';
import { isInUnits, resolveForest, resolveGroups, type ForestScope, type ScopeName } from './scope.ts';

/** Types that become something in the metaverse. */
const ruledTypes: ReadonlySet<string> = new Set(['user', 'inetOrgPerson', 'group', 'foreignSecurityPrincipal']);

interface ForestView extends ForestScope {
  readonly name: string;
  readonly rank: number;
}

/** Asks the rules about objects of the forests' connector spaces, as they are when it is made. */
export class Evaluator {
  readonly #context: EngineContext;
  readonly #forests = new Map<number, ForestView>();
  /** By the number of their partition; of domains that the configuration names no longer there are none. */
  readonly #parameters = new Map<number, Record<string, string>>();
  readonly #groups: ReadonlyMap<string, readonly ScopeName[]>;
  readonly #groupProblem: CausewayError | undefined;

  constructor(context: EngineContext) {
    this.#context = context;
    const { connectors } = context.store;
    for (const [rank, source] of context.sources.entries()) {
      const row = connectors.find(source.name);
      if (row === undefined) continue;
      this.#forests.set(row.id, { name: source.name, rank, ...resolveForest(context, source, row.id) });
      const configured = new Set(source.partitions.map(({ name }) => name));
      for (const partition of connectors.partitionsOf(row.id)) {
        if (!configured.has(partition.name)) continue;
        this.#parameters.set(partition.id, {
          'Domain.FQDN': partition.name,
          'Domain.Netbios': partition.netbios_name,
          'Forest.FQDN': source.name,
          'Connector.Name': source.name,
          'Connector.ID': row.identifier,
        });
      }
    }
    const { groups, problem } = resolveGroups(context);
    this.#groups = groups;
    this.#groupProblem = problem;
  }

  /** What the names in filters mean. */
  get names(): ScopeName[] {
    return [...this.#forests.values(), ...this.#groups.values()].flatMap((scope) =>
      'names' in scope ? scope.names : scope,
    );
  }

  /** Why nothing of a forest can be told. */
  problemOf(connector: number): CausewayError | undefined {
    return this.#forests.get(connector)?.problem ?? this.#groupProblem;
  }

  /** Whether a connector is a forest that is configured. */
  isSource(connector: number): boolean {
    return this.#forests.has(connector);
  }

  /** Lower was configured first. */
  rankOf(connector: number): number {
    return this.#forests.get(connector)?.rank ?? Number.MAX_SAFE_INTEGER;
  }

  /** What the rules say of an object; undefined when it is gone, of a type without rules, or out of the filters' scope. */
  evaluate(row: CsRow): InboundResult | undefined {
    const forest = this.#forests.get(row.connector);
    if (forest === undefined || row.live === 0 || row.partition === null || !ruledTypes.has(row.type)) return undefined;
    const problem = this.problemOf(row.connector);
    if (problem !== undefined) return undecided(forest.name, problem);
    const parameters = this.#parameters.get(row.partition);
    if (parameters === undefined || !isInScope(row, forest)) return undefined;
    return this.#context.rules.inbound({
      connector: forest.name,
      type: row.type,
      attributes: { ...parseAttributes(row.attributes), distinguishedName: [row.dn], cn: [ownNameOf(row.dn)] },
      parameters,
      isMemberOf: (groupDn) => this.#isMemberOf(row, groupDn),
    });
  }

  /** Why an object without a rule in scope is out: words for a preview. */
  whyOut(row: CsRow): string {
    const forest = this.#forests.get(row.connector);
    if (row.live === 0) return `${row.dn} is gone from ${forest?.name ?? 'its forest'}`;
    if (row.partition !== null && !this.#parameters.has(row.partition))
      return `the domain of ${row.dn} is not synchronized`;
    if (forest !== undefined && !isInScope(row, forest))
      return `${row.dn} is outside the organizational units in scope`;
    return `no synchronization rule applies to ${row.dn}`;
  }

  #isMemberOf(row: CsRow, groupDn: string): boolean {
    const groups = this.#groups.get(groupDn.toLowerCase()) ?? [];
    return groups.some(
      ({ row: group }) =>
        group.connector === row.connector && this.#context.store.links.has(group.id, 'member', row.id),
    );
  }
}

/** A foreign security principal only stands for somebody of another forest; where it lies says nothing. */
function isInScope({ type, path }: CsRow, { units }: ForestScope): boolean {
  return type === 'foreignSecurityPrincipal' || isInUnits(path, units);
}

function undecided(connector: string, { code, message }: CausewayError): InboundResult {
  return {
    connector,
    rules: [],
    linkType: 'none',
    joins: [],
    passwordSync: false,
    flows: [],
    references: [],
    problems: [{ rule: code, attribute: 'filter', message }],
  };
}
