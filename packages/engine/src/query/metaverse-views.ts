import type { Lineage } from '@causeway/sync-rules';
import { parseAttributes } from '../attributes.ts';
import type { EngineContext } from '../context.ts';
import { Evaluator } from '../sync/evaluation.ts';
import type { ObjectIdentity } from './object-identity.ts';

/** An object of the metaverse, with where each value comes from. */
export interface MvObjectView {
  readonly objectId: string;
  readonly objectType: string;
  readonly attributes: Record<string, { values: string[]; rule: string | null; connector: string | null }>;
  readonly lineage: { connectorName: string; csObjectId: string; distinguishedName: string }[];
}

/** Objects of the metaverse as administrators look at them. */
export function createMetaverseViews(context: EngineContext, identity: ObjectIdentity) {
  const { store, rules } = context;

  function lineageOf(mv: number, stored: Record<string, string[]>): Readonly<Record<string, readonly Lineage[]>> {
    const evaluator = new Evaluator(context);
    const parts = identity.sourcesOf(mv).flatMap((row) => {
      const result = evaluator.evaluate(row);
      return result?.targetType === undefined ? [] : [{ connectorRank: evaluator.rankOf(row.connector), result }];
    });
    return parts.length === 0 ? {} : rules.merge(parts, stored).lineage;
  }

  function viewMv(mv: number): MvObjectView | null {
    const object = store.mv.get(mv);
    const objectId = identity.identifierOfMetaverse(mv);
    if (object === undefined || objectId === null) return null;
    const stored = parseAttributes(object.attributes);
    const lineage = lineageOf(mv, stored);
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
        connectorName: identity.connectorNameOf(row),
        csObjectId: identity.identifierOf(row),
        distinguishedName: row.dn,
      })),
    };
  }

  return {
    viewMv,
    mvObject(identifier: string): MvObjectView | null {
      const mv = identity.findMetaverse(identifier);
      return mv === undefined ? null : viewMv(mv);
    },
  };
}
