import type { InboundResult } from '@causeway/sync-rules';
import { parseAttributes } from '../attributes.ts';
import type { CsRow } from '../store/cs-row.ts';
import type { Store } from '../store/store.ts';

/** What an object joins: one metaverse object, none, or it cannot be told which. */
export type Join =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly mv: number }
  | { readonly kind: 'ambiguous'; readonly why: string };

/**
 * The metaverse object that an object joins. Groups of clauses are tried in order; the first with exactly one hit decides, and
 * that hit must not have an object of the same connector already: two objects of one forest are two people.
 */
export function findJoin(store: Store, row: CsRow, result: InboundResult): Join {
  for (const { clauses, targetType } of result.joins) {
    const [first, ...others] = clauses;
    if (first === undefined) continue;
    const hits = store.mv.find(first.attribute, first.value).filter((id) => {
      const object = store.mv.get(id);
      if (object?.type !== targetType) return false;
      const attributes = parseAttributes(object.attributes);
      return [first, ...others].every(({ attribute, value, caseSensitive }) =>
        (attributes[attribute] ?? []).some((one) =>
          caseSensitive ? one === value : one.toLowerCase() === value.toLowerCase(),
        ),
      );
    });
    const [hit] = hits;
    if (hits.length !== 1 || hit === undefined) continue;
    // A foreign security principal is no second object: it stands for somebody, once in every domain of a forest.
    const joined = row.type === 'foreignSecurityPrincipal' ? [] : store.cs.ofMetaverse(hit);
    const rival = joined.find(
      ({ connector, id, type }) => connector === row.connector && id !== row.id && type !== 'foreignSecurityPrincipal',
    );
    if (rival === undefined) return { kind: 'one', mv: hit };
    const attributes = clauses.map(({ attribute }) => attribute).join(' and ');
    return {
      kind: 'ambiguous',
      why: `it has the same ${attributes} as ${rival.dn}: two objects of one forest cannot be the same person`,
    };
  }
  return { kind: 'none' };
}
