import { CausewayError } from '@causeway/model';
import type { Lineage, RuleRef } from '@causeway/sync-rules';
import { parseAttributes } from '../attributes.ts';
import type { EngineContext } from '../context.ts';
import { anchorOfObjectGuid, guidOfAnchor, identifierIn, metaverseIdentifier } from '../object-guid.ts';
import { referenceAttributes } from '../ports.ts';
import type { CsRow } from '../store/connector-space.ts';
import { Evaluator } from '../sync/evaluation.ts';

/** An object of a connector space, for an administrator. */
export interface CsObjectView {
  readonly objectId: string;
  readonly connectorName: string;
  readonly distinguishedName: string;
  readonly anchorValue: string;
  readonly objectType: string;
  readonly isConnector: boolean;
  readonly hasSyncError: boolean;
  readonly hasExportError: boolean;
  readonly error: string | null;
  readonly connectedMVObjectId: string | null;
  readonly attributes: Record<string, string[]>;
  readonly pendingExport: { operation: 'add' | 'update' | 'delete'; attributes: Record<string, string[]> } | null;
  readonly lineage: { rule: string; precedence: number; direction: 'inbound' | 'outbound' }[];
}

/** An object of the metaverse, with where each value comes from. */
export interface MvObjectView {
  readonly objectId: string;
  readonly objectType: string;
  readonly attributes: Record<string, { values: string[]; rule: string | null; connector: string | null }>;
  readonly lineage: { connectorName: string; csObjectId: string; distinguishedName: string }[];
}

/** References that are shown by name, at most. */
const NAMES_MAX = 1_000;

/** Objects as administrators look at them. */
export function createObjectViews(context: EngineContext) {
  const { store, rules, tenant } = context;
  const connectors = () => store.connectors.list();
  const tenantId = store.connectors.find(tenant.name)?.id ?? 0;

  function guidOf(row: CsRow): string {
    return row.connector === tenantId ? guidOfAnchor(row.key) : row.key;
  }

  function identifierOf(row: CsRow): string {
    const space = connectors().find(({ id }) => id === row.connector)?.identifier ?? metaverseIdentifier;
    return identifierIn(space, guidOf(row));
  }

  /** A metaverse object is known by the first of its forests' objects. */
  function identifierOfMetaverse(mv: number): string | null {
    const [first] = sourcesOf(mv);
    return first === undefined ? null : identifierIn(metaverseIdentifier, first.key);
  }

  function sourcesOf(mv: number): CsRow[] {
    return store.cs.ofMetaverse(mv).filter(({ connector }) => connector !== tenantId);
  }

  function evaluator(): Evaluator | undefined {
    try {
      return new Evaluator(context);
    } catch (error) {
      // A filter that names nothing stops synchronization, not looking.
      if (error instanceof CausewayError) return undefined;
      throw error;
    }
  }

  function attributesOf(row: CsRow): Record<string, string[]> {
    const attributes = parseAttributes(row.attributes);
    for (const attribute of referenceAttributes) {
      const targets = store.links.targets(row.id, attribute);
      if (targets.length > NAMES_MAX) attributes[`${attribute};count`] = [String(targets.length)];
      else if (targets.length > 0) attributes[attribute] = targets.map(nameOf);
    }
    return attributes;
  }

  function nameOf(id: number): string {
    const row = store.cs.get(id);
    return row === undefined ? '' : row.dn === '' ? row.key : row.dn;
  }

  function rulesOf(row: CsRow): CsObjectView['lineage'] {
    const lines = (direction: 'inbound' | 'outbound', refs: readonly RuleRef[]) =>
      refs.map(({ name, precedence }) => ({ rule: name, precedence, direction }));
    if (row.connector !== tenantId) return lines('inbound', evaluator()?.evaluate(row)?.rules ?? []);
    const object = row.mv === null ? undefined : store.mv.get(row.mv);
    if (object === undefined || (object.type !== 'person' && object.type !== 'group')) return [];
    const attributes = parseAttributes(object.attributes);
    return lines('outbound', rules.outbound(tenant.name, { type: object.type, attributes }).rules);
  }

  function viewCs(row: CsRow): CsObjectView {
    const pending = row.connector === tenantId ? store.exports.get(row.id) : undefined;
    return {
      objectId: identifierOf(row),
      connectorName: connectors().find(({ id }) => id === row.connector)?.name ?? '',
      distinguishedName: row.dn,
      anchorValue: row.connector === tenantId ? row.key : anchorOfObjectGuid(row.key),
      objectType: row.type,
      isConnector: row.mv !== null,
      hasSyncError: row.error !== null,
      hasExportError: pending !== undefined && pending.error !== null,
      error: pending?.error ?? row.error,
      connectedMVObjectId: row.mv === null ? null : identifierOfMetaverse(row.mv),
      attributes: attributesOf(row),
      pendingExport:
        pending === undefined
          ? null
          : { operation: pending.operation, attributes: parseAttributes(pending.attributes) },
      lineage: rulesOf(row),
    };
  }

  function viewMv(mv: number): MvObjectView | null {
    const object = store.mv.get(mv);
    const objectId = identifierOfMetaverse(mv);
    if (object === undefined || objectId === null) return null;
    const evaluate = evaluator();
    const parts = sourcesOf(mv).flatMap((row) => {
      const result = evaluate?.evaluate(row);
      return result?.targetType === undefined ? [] : [{ connectorRank: evaluate?.rankOf(row.connector) ?? 0, result }];
    });
    const stored = parseAttributes(object.attributes);
    const merged = parts.length === 0 ? undefined : rules.merge(parts, stored);
    const lineage: Readonly<Record<string, readonly Lineage[]>> = merged?.lineage ?? {};
    return {
      objectId,
      objectType: object.type,
      attributes: Object.fromEntries(
        Object.entries(stored).map(([name, values]) => {
          const from = lineage[name]?.[0];
          return [name, { values, rule: from?.rule.name ?? null, connector: from?.connector ?? null }];
        }),
      ),
      lineage: store.cs.ofMetaverse(mv).map((row) => ({
        connectorName: connectors().find(({ id }) => id === row.connector)?.name ?? '',
        csObjectId: identifierOf(row),
        distinguishedName: row.dn,
      })),
    };
  }

  function findRow(query: { connector: string; dn: string } | { identifier: string }): CsRow | undefined {
    if ('dn' in query) return store.cs.findByDn(store.connectors.find(query.connector)?.id ?? 0, query.dn);
    for (const { id, identifier } of connectors()) {
      const guid = identifierIn(identifier, query.identifier);
      const row = store.cs.find(id, id === tenantId ? anchorOfObjectGuid(guid) : guid);
      if (row !== undefined && row.live === 1) return row;
    }
    return undefined;
  }

  return {
    /** One object by connector and name, or by its identifier. */
    csObject(query: { connector: string; dn: string } | { identifier: string }): CsObjectView | null {
      const row = findRow(query);
      return row === undefined ? null : viewCs(row);
    },
    /** The row itself, for those who look further. */
    csRow: findRow,
    viewCs,
    viewMv,
    csObjects: (connector: string, start: number, limit: number) =>
      store.cs.page(store.connectors.find(connector)?.id ?? 0, start, limit).map(viewCs),
    mvObject(identifier: string): MvObjectView | null {
      const guid = identifierIn(metaverseIdentifier, identifier);
      for (const { id, kind } of connectors()) {
        const row = kind === 'ad' ? store.cs.find(id, guid) : undefined;
        if (row !== undefined && row.mv !== null) return viewMv(row.mv);
      }
      return null;
    },
  };
}
