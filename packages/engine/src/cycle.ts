import type { EngineContext } from './context.ts';
import { runProfile, type RunSettings } from './run-profile.ts';
import type { RunProfile, RunRecord } from './store/runs.ts';
import { areSourcesComplete } from './sync/synchronization.ts';

export type CyclePolicy = 'Delta' | 'Initial';

/**
 * One cycle: imports from the forests and the tenant, synchronization, export, and an import of the tenant that confirms it.
 *
 * A forest that cannot be read does not hold up the others; the first failure is thrown at the end. In staging everything is
 * imported and synchronized, and nothing exported.
 */
export async function runCycle(
  context: EngineContext,
  cycle: { readonly policy: CyclePolicy; readonly settings: RunSettings },
  signal: AbortSignal,
): Promise<RunRecord[]> {
  const { store, sources, tenant } = context;
  const runs: RunRecord[] = [];
  const failures: unknown[] = [];
  const run = async (connector: string, profile: RunProfile): Promise<boolean> => {
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
  const required = (name: string) => store.connectors.find(name);
  for (const { name } of sources) {
    const isFull = isInitial || required(name)?.full_import_required === 1;
    await run(name, isFull ? 'Full Import' : 'Delta Import');
  }
  const isTenantFull = isInitial || required(tenant.name)?.full_import_required === 1;
  // Without knowing what the tenant has, nothing can be said of what it is to have.
  if (await run(tenant.name, isTenantFull ? 'Full Import' : 'Delta Import')) {
    for (const { name } of sources) {
      const isFull = isInitial || required(name)?.full_sync_required === 1;
      if (isFull || needsSynchronization(context, name))
        await run(name, isFull ? 'Full Synchronization' : 'Delta Synchronization');
    }
    await run(tenant.name, 'Delta Synchronization');
    if (!cycle.settings.staging) await exportAndConfirm(context, run);
  }
  if (failures.length > 0) throw failures[0];
  return runs;
}

async function exportAndConfirm(
  { store, sources, tenant, events }: EngineContext,
  run: (connector: string, profile: RunProfile) => Promise<boolean>,
): Promise<void> {
  const isPending = (): boolean => {
    const { add, update, delete: deletes } = store.exports.counts();
    return add + update + deletes + store.exports.countMembers() > 0;
  };
  const pending = isPending();
  const exported = !pending || (await run(tenant.name, 'Export'));
  if (pending && exported) {
    await run(tenant.name, 'Delta Import');
    await run(tenant.name, 'Delta Synchronization');
  }
  if (!exported) return;
  for (const { name } of sources) {
    const row = store.connectors.find(name);
    if (row === undefined || row.ready === 1 || !isComplete(store, sources, name)) continue;
    store.connectors.makeReady(row.id);
    events.changed();
  }
}

/** Whether all domains of a forest have been imported and synchronized. */
function isComplete(store: EngineContext['store'], sources: EngineContext['sources'], name: string): boolean {
  return areSourcesComplete({ store, sources: sources.filter((source) => source.name === name) });
}

function needsSynchronization({ store }: EngineContext, name: string): boolean {
  const row = store.connectors.find(name);
  return row !== undefined && (store.cs.countDirty(row.id) > 0 || store.cs.linksDirty(0, 1).length > 0);
}
