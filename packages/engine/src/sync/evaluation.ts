import type { InboundResult } from '@causeway/sync-rules';
import { parseAttributes } from '../attributes.ts';
import type { EngineContext } from '../context.ts';
import type { CsRow } from '../store/connector-space.ts';
import { isInUnits, resolveUnits, type UnitScope } from './unit-scope.ts';

/** Types that become something in the metaverse. */
const ruledTypes: ReadonlySet<string> = new Set(['user', 'inetOrgPerson', 'group', 'foreignSecurityPrincipal']);

interface ConnectorView {
  readonly name: string;
  readonly rank: number;
  readonly units: UnitScope;
}

/** Asks the rules about objects of the forests' connector spaces, as they are when it is made. */
export class Evaluator {
  readonly #context: EngineContext;
  readonly #connectors = new Map<number, ConnectorView>();
  readonly #parameters = new Map<number, Record<string, string>>();
  /** Groups that rules look at, by name in lower case. */
  readonly #groups = new Map<string, { readonly connector: number; readonly id: number }[]>();

  /** @throws {CausewayError} ERR_ENGINE_UNIT_UNKNOWN */
  constructor(context: EngineContext) {
    this.#context = context;
    const { store } = context;
    for (const [rank, source] of context.sources.entries()) {
      const row = store.connectors.find(source.name);
      if (row === undefined) continue;
      this.#connectors.set(row.id, { name: source.name, rank, units: resolveUnits(context, source) });
      for (const partition of store.connectors.partitionsOf(row.id)) {
        this.#parameters.set(partition.id, {
          'Domain.FQDN': partition.name,
          'Domain.Netbios': partition.netbios_name,
          'Forest.FQDN': source.name,
          'Connector.Name': source.name,
          'Connector.ID': row.identifier,
        });
      }
      for (const dn of context.rules.membershipGroups) {
        const group = store.cs.findByDn(row.id, dn);
        if (group === undefined) continue;
        const name = dn.toLowerCase();
        this.#groups.set(name, [...(this.#groups.get(name) ?? []), { connector: row.id, id: group.id }]);
      }
    }
  }

  /** Whether a connector is a forest that is configured. */
  isSource(connector: number): boolean {
    return this.#connectors.has(connector);
  }

  /** Lower was configured first. */
  rankOf(connector: number): number {
    return this.#connectors.get(connector)?.rank ?? Number.MAX_SAFE_INTEGER;
  }

  nameOf(connector: number): string | undefined {
    return this.#connectors.get(connector)?.name;
  }

  /** What the rules say of an object; undefined when it is gone, of a type without rules, or out of the units' scope. */
  evaluate(row: CsRow): InboundResult | undefined {
    const view = this.#connectors.get(row.connector);
    if (view === undefined || row.live === 0 || row.partition === null || !ruledTypes.has(row.type)) return undefined;
    // A foreign security principal only stands for somebody of another forest; where it lies says nothing.
    if (row.type !== 'foreignSecurityPrincipal' && !isInUnits(row.dn, view.units)) return undefined;
    return this.#context.rules.inbound({
      connector: view.name,
      type: row.type,
      attributes: { ...parseAttributes(row.attributes), distinguishedName: [row.dn] },
      parameters: this.#parameters.get(row.partition) ?? {},
      isMemberOf: (groupDn) => this.#isMemberOf(row, groupDn),
    });
  }

  /** Why an object without a rule in scope is out: words for a preview. */
  whyOut(row: CsRow, result: InboundResult | undefined): string {
    const view = this.#connectors.get(row.connector);
    if (row.live === 0) return `it is gone from ${view?.name ?? 'its forest'}`;
    if (view !== undefined && !isInUnits(row.dn, view.units))
      return `${row.dn} is outside the organizational units in scope`;
    if (result === undefined || result.linkType === 'none') return `no synchronization rule applies to ${row.dn}`;
    return `no rule of ${row.dn} makes an object`;
  }

  #isMemberOf(row: CsRow, groupDn: string): boolean {
    const groups = this.#groups.get(groupDn.toLowerCase()) ?? [];
    return groups.some(
      ({ connector, id }) => connector === row.connector && this.#context.store.links.has(id, 'member', row.id),
    );
  }
}
