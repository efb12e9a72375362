import { CHUNK_OBJECTS, yieldTurn, type EngineContext, type RunReport } from '../context.ts';
import type { CsRow } from '../store/connector-space.ts';
import { createMemberFlow } from './members.ts';
import { Synchronizer } from './synchronizer.ts';

/** How often objects are looked at again because what they refer to has changed, in one run. */
const PASSES_MAX = 10;

/**
 * Synchronizes the pending imports of one forest: every object that has changed since it was synchronized last. A full
 * synchronization makes all of them pending before. What is broken off goes on with the next run.
 *
 * @throws {CausewayError} ERR_ENGINE_UNIT_UNKNOWN
 */
export async function synchronizeSource(
  context: EngineContext,
  connector: { readonly id: number; readonly name: string },
  report: RunReport,
  signal: AbortSignal,
): Promise<void> {
  const synchronizer = new Synchronizer(context, report);
  await eachDirty(context, { connector, report }, (row) => synchronizer.applySource(row), signal);
  await retryUnlinked(context, synchronizer, signal);
  await flowMembers(context, report, signal);
}

/**
 * Synchronizes the pending imports of the tenant. An object whose source object is in none of the forests is an orphan, and
 * deleted once every forest has been read completely: never before.
 */
export async function synchronizeTenant(
  context: EngineContext,
  connector: { readonly id: number; readonly name: string },
  report: RunReport,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  const synchronizer = new Synchronizer(context, report);
  await eachDirty(context, { connector, report }, (row) => void synchronizer.applyTenant(row), signal);
  if (areSourcesComplete(context)) {
    for (const type of ['user', 'group']) {
      await eachUnlinked(
        context,
        { connector, type },
        (row) => {
          if (!synchronizer.applyTenant(row) || !isOurs(context, row)) return;
          if (store.exports.get(row.id)?.operation === 'delete') return;
          store.exports.put(row.id, 'delete', '{}', `its source object is not in ${row.source ?? 'any forest'}`);
        },
        signal,
      );
    }
  }
  await flowMembers(context, report, signal);
}

/** Whether each forest has been imported as a whole and synchronized since. */
export function areSourcesComplete({ store, sources }: Pick<EngineContext, 'store' | 'sources'>): boolean {
  return sources.every(({ name, partitions }) => {
    const row = store.connectors.find(name);
    if (row === undefined || row.full_sync_required === 1) return false;
    const imported = new Map(store.connectors.partitionsOf(row.id).map((one) => [one.name, one.imported === 1]));
    return partitions.every((partition) => imported.get(partition.name) === true) && store.cs.countDirty(row.id) === 0;
  });
}

/** An object that came from a forest which is configured here; others are another agent's, or of a forest that was taken out. */
function isOurs({ sources }: EngineContext, row: CsRow): boolean {
  return sources.some(({ name }) => name === row.source);
}

async function eachDirty(
  { store, events }: EngineContext,
  { connector, report }: { connector: { id: number; name: string }; report: RunReport },
  apply: (row: CsRow) => void,
  signal: AbortSignal,
): Promise<void> {
  const total = store.cs.countDirty(connector.id);
  let done = 0;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    let last = 0;
    for (;;) {
      const rows = store.cs.dirty(connector.id, last, CHUNK_OBJECTS);
      if (rows.length === 0) break;
      store.transaction(() => {
        for (const { id } of rows) {
          // It may have been changed by one before it in the same chunk.
          const row = store.cs.get(id);
          if (row?.dirty === 1) apply(row);
        }
      });
      last = rows.at(-1)?.id ?? last;
      done += rows.length;
      report.count('synchronized', rows.length);
      events.progress({
        connector: connector.name,
        runProfile: 'Delta Synchronization',
        done,
        total: Math.max(total, done),
      });
      await yieldTurn(signal);
    }
    if (store.cs.countDirty(connector.id) === 0) return;
  }
}

/** Objects that only join, and joined nothing until now: who they stand for may have come since, from another forest. */
async function retryUnlinked(context: EngineContext, synchronizer: Synchronizer, signal: AbortSignal): Promise<void> {
  for (const { name } of context.sources) {
    const connector = context.store.connectors.find(name);
    if (connector === undefined) continue;
    const work = { connector, type: 'foreignSecurityPrincipal' };
    await eachUnlinked(context, work, (row) => synchronizer.applySource(row), signal);
  }
}

async function eachUnlinked(
  { store }: EngineContext,
  { connector, type }: { connector: { id: number }; type: string },
  apply: (row: CsRow) => void,
  signal: AbortSignal,
): Promise<void> {
  let last = 0;
  for (;;) {
    const rows = store.cs.unlinked(connector.id, type, last, CHUNK_OBJECTS);
    if (rows.length === 0) return;
    store.transaction(() => {
      for (const row of rows) apply(row);
    });
    last = rows.at(-1)?.id ?? last;
    await yieldTurn(signal);
  }
}

async function flowMembers(context: EngineContext, report: RunReport, signal: AbortSignal): Promise<void> {
  const { store } = context;
  const flow = createMemberFlow(context, report);
  let last = 0;
  for (;;) {
    const rows = store.cs.linksDirty(last, CHUNK_OBJECTS);
    if (rows.length === 0) return;
    // One transaction a group: a large one takes long enough.
    for (const row of rows) {
      store.transaction(() => flow(row));
      await yieldTurn(signal);
    }
    last = rows.at(-1)?.id ?? last;
  }
}
