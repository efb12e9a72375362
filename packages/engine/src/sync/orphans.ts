import { parseAttributes } from '../attributes.ts';
import type { EngineContext } from '../context.ts';
import { anchorOfObjectGuid } from '../object-guid.ts';
import type { CsRow } from '../store/cs-row.ts';

/** Whether every domain of the forests has been imported as a whole, and everything of it synchronized since. */
export function areSourcesComplete({ store, sources }: Pick<EngineContext, 'store' | 'sources'>): boolean {
  return sources.every(({ name, partitions }) => {
    const row = store.connectors.find(name);
    if (row === undefined || row.full_sync_required === 1) return false;
    const imported = new Map(store.connectors.partitionsOf(row.id).map((one) => [one.name, one.imported === 1]));
    return partitions.every((partition) => imported.get(partition.name) === true) && store.cs.countDirty(row.id) === 0;
  });
}

/**
 * Which objects of the tenant have their source object in none of the forests; nothing is an orphan before all of them are
 * complete.
 *
 * An orphan came from a forest that is configured here: others are another agent's, or of a forest that was taken out. It was in
 * the tenant before the last import of every domain: what another agent has exported since may not have been read here. And
 * it is of no object that is there and cannot be synchronized.
 */
export function createOrphanRule(context: EngineContext): (row: CsRow) => boolean {
  if (!areSourcesComplete(context)) return () => false;
  const { store } = context;
  const forests = context.sources.map(({ name, partitions }) => {
    const id = store.connectors.find(name)?.id ?? 0;
    return { id, name, domains: new Set(partitions.map((partition) => partition.name)) };
  });
  const names = new Set(forests.map(({ name }) => name));
  const lastRuns = forests.flatMap(({ id, domains }) =>
    store.connectors.partitionsOf(id).flatMap(({ name, last_run: run }) => (domains.has(name) ? [run] : [])),
  );
  const earliest = Math.min(...lastRuns);
  const failed = new Set(forests.flatMap(({ id }) => store.cs.failed(id).flatMap(anchorsOf)));
  return ({ key, source, since }) => source !== null && names.has(source) && since < earliest && !failed.has(key);
}

/** Every anchor that an object may have. */
function anchorsOf({ key, attributes }: Pick<CsRow, 'key' | 'attributes'>): string[] {
  return [anchorOfObjectGuid(key), ...(parseAttributes(attributes)['mS-DS-ConsistencyGuid'] ?? [])];
}
