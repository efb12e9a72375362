import type { EngineContext } from '../context.ts';
import { createMetaverseViews } from './metaverse-views.ts';
import { createObjectIdentity } from './object-identity.ts';
import { createObjectViews } from './object-views.ts';
import { createPasswordScope } from './password-scope.ts';
import { readPendingDeletions } from './preview.ts';

/** The object counts of a connector space. */
export interface ConnectorStatistics {
  readonly total: number;
  readonly connectors: number;
  readonly disconnectors: number;
  readonly pendingImports: number;
  readonly pendingExportAdds: number;
  readonly pendingExportUpdates: number;
  readonly pendingExportDeletes: number;
  readonly exportErrors: number;
}

/** Questions that may be asked at any time, also while a run is under way. */
export function createQueries(context: EngineContext) {
  const { store } = context;
  const count = store.database.prepare<[number], { total: number; connectors: number; pending: number }>(
    `SELECT count(*) AS total, count(mv) AS connectors, coalesce(sum(dirty), 0) AS pending FROM cs WHERE connector = ? AND live = 1`,
  );

  const identity = createObjectIdentity(context);

  return {
    passwords: createPasswordScope(context),
    ...createObjectViews(context, identity),
    ...createMetaverseViews(context, identity),
    /** Of one connector; a name without one gives zeros. */
    statistics(name: string): ConnectorStatistics {
      const isTenant = name === context.tenant.name;
      const row = count.get(store.connectors.find(name)?.id ?? 0) ?? { total: 0, connectors: 0, pending: 0 };
      const exports = isTenant ? store.exports.counts() : { add: 0, update: 0, delete: 0 };
      return {
        total: row.total,
        connectors: row.connectors,
        disconnectors: row.total - row.connectors,
        pendingImports: row.pending,
        pendingExportAdds: exports.add,
        pendingExportUpdates: exports.update,
        pendingExportDeletes: exports.delete,
        exportErrors: isTenant ? store.exports.errors() : 0,
      };
    },
    metaverseSize: () => store.mv.count(),
    pendingDeletions: () => readPendingDeletions(context),
    runs: (connector: string | undefined, limit: number) => store.runs.list(connector, limit),
    run: (id: number) => store.runs.get(id),
  };
}

export type EngineQueries = ReturnType<typeof createQueries>;
