import type { RuleRef } from '@causeway/sync-rules';
import { parseAttributes } from '../attributes.ts';
import type { EngineContext } from '../context.ts';
import { referenceAttributes } from '../ports.ts';
import type { CsRow } from '../store/cs-row.ts';
import { Evaluator } from '../sync/evaluation.ts';
import type { ObjectIdentity } from './object-identity.ts';

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

/** References that are shown by name, at most. */
const NAMES_MAX = 1_000;

/** Objects of connector spaces as administrators look at them. */
export function createObjectViews(context: EngineContext, identity: ObjectIdentity) {
  const { store, rules, tenant } = context;

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

  function rulesOf(row: CsRow, evaluator: Evaluator): CsObjectView['lineage'] {
    if (!identity.isTenant(row)) return toLineage('inbound', evaluator.evaluate(row)?.rules ?? []);
    const object = row.mv === null ? undefined : store.mv.get(row.mv);
    if (object === undefined || (object.type !== 'person' && object.type !== 'group')) return [];
    const attributes = parseAttributes(object.attributes);
    return toLineage('outbound', rules.outbound(tenant.name, { type: object.type, attributes }).rules);
  }

  function viewCs(row: CsRow, evaluator = new Evaluator(context)): CsObjectView {
    const pending = identity.isTenant(row) ? store.exports.get(row.id) : undefined;
    return {
      objectId: identity.identifierOf(row),
      connectorName: identity.connectorNameOf(row),
      distinguishedName: row.dn,
      anchorValue: identity.anchorOf(row),
      objectType: row.type,
      isConnector: row.mv !== null,
      hasSyncError: row.error !== null,
      hasExportError: pending !== undefined && pending.error !== null,
      error: pending?.error ?? row.error,
      connectedMVObjectId: row.mv === null ? null : identity.identifierOfMetaverse(row.mv),
      attributes: attributesOf(row),
      pendingExport:
        pending === undefined
          ? null
          : { operation: pending.operation, attributes: parseAttributes(pending.attributes) },
      lineage: rulesOf(row, evaluator),
    };
  }

  function csRow(query: { connector: string; dn: string } | { identifier: string }): CsRow | undefined {
    if ('dn' in query) return store.cs.findByDn(store.connectors.find(query.connector)?.id ?? 0, query.dn);
    return identity.findByIdentifier(query.identifier);
  }

  return {
    /** One object by connector and name, or by its identifier. */
    csObject(query: { connector: string; dn: string } | { identifier: string }): CsObjectView | null {
      const row = csRow(query);
      return row === undefined ? null : viewCs(row);
    },
    /** The row itself, for those who look further. */
    csRow,
    viewCs,
    csObjects(connector: string, start: number, limit: number): CsObjectView[] {
      const evaluator = new Evaluator(context);
      const rows = store.cs.page(store.connectors.find(connector)?.id ?? 0, start, limit);
      return rows.map((row) => viewCs(row, evaluator));
    },
  };
}

function toLineage(direction: 'inbound' | 'outbound', refs: readonly RuleRef[]): CsObjectView['lineage'] {
  return refs.map(({ name, precedence }) => ({ rule: name, precedence, direction }));
}
