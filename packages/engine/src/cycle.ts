import type { EngineContext } from './context.ts';
import { runProfile, type RunSettings } from './run-profile.ts';
import type { RunProfile, RunRecord } from './store/runs.ts';
import { areSourcesComplete } from './sync/orphans.ts';

export type CyclePolicy = 'Delta' | 'Initial';

type Run = (connector: string, profile: RunProfile) => Promise<boolean>;

/**
 * One cycle: imports from the tenant and the forests, synchronization, export, and an import of the tenant that confirms it.
 *
 * The tenant comes first: what it has then was exported before the forests are read, so that its source object, if it is still
 * there, is found. A forest that cannot be read does not hold up the others; the first failure is thrown at the end. In
 * staging everything is imported and synchronized, and nothing exported.
 */
export async function runCycle(
  context: EngineContext,
  cycle: { readonly policy: CyclePolicy; readonly settings: RunSettings },
  signal: AbortSignal,
): Promise<RunRecord[]> {
  const { store, sources, tenant } = context;
  const runs: RunRecord[] = [];
  const failures: unknown[] = [];
  const run: Run = async (connector, profile) => {
    try {
      runs.push(await runProfile(context, { connector, runProfile: profile, settings: cycle.settings }, signal));
      return true;
    } catch (error) {
      signal.throwIfAborted();
      failures.push(error);
      return false;
    }
  };
  const isInitial = cycle.policy === 'Initial';
  const importOf = (name: string): RunProfile =>
    isInitial || store.connectors.find(name)?.full_import_required === 1 ? 'Full Import' : 'Delta Import';
  const isTenantKnown = await run(tenant.name, importOf(tenant.name));
  for (const { name } of sources) await run(name, importOf(name));
  // Without knowing what the tenant has, nothing can be said of what it is to have.
  if (isTenantKnown) {
    for (const { name } of sources) {
      const isFull = isInitial || store.connectors.find(name)?.full_sync_required === 1;
      if (isFull || needsSynchronization(context, name)) {
        await run(name, isFull ? 'Full Synchronization' : 'Delta Synchronization');
      }
    }
    await run(tenant.name, 'Delta Synchronization');
    if (!cycle.settings.staging) await exportAndConfirm(context, run);
  }
  if (failures.length > 0) throw failures[0];
  return runs;
}

async function exportAndConfirm({ store, sources, tenant, events }: EngineContext, run: Run): Promise<void> {
  const { exports, memberExports } = store;
  const { add, update, delete: deletes } = exports.counts();
  if (add + update + deletes + memberExports.countUnsent() > 0) {
    if (!(await run(tenant.name, 'Export'))) return;
    await run(tenant.name, 'Delta Import');
    await run(tenant.name, 'Delta Synchronization');
  }
  for (const source of sources) {
    const row = store.connectors.find(source.name);
    if (row === undefined || row.ready === 1 || !areSourcesComplete({ store, sources: [source] })) continue;
    store.connectors.makeReady(row.id);
    events.changed();
  }
}

function needsSynchronization({ store }: EngineContext, name: string): boolean {
  const { cs, connectors } = store;
  const id = connectors.find(name)?.id ?? 0;
  return cs.countDirty(id) > 0 || cs.failed(id).length > 0 || cs.linksDirty(0, 1).length > 0;
}
