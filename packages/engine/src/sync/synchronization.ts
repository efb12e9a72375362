import { CHUNK_OBJECTS, yieldTurn, type EngineContext, type RunReport } from '../context.ts';
import type { CsRow } from '../store/cs-row.ts';
import { createMemberFlow } from './members.ts';
import { createOrphanRule } from './orphans.ts';
import { Synchronizer } from './synchronizer.ts';

/** How often objects are looked at again because of others, in one run; what is left has its turn in the next. */
const PASSES_MAX = 10;

/**
 * Synchronizes the pending imports of one forest: every object that has changed since it was synchronized last, and those that
 * could not be. A full synchronization makes all of them pending before. What is broken off goes on with the next run.
 *
 * @throws {CausewayError} ERR_ENGINE_UNIT_UNKNOWN, ERR_ENGINE_GROUP_UNKNOWN
 */
export async function synchronizeSource(
  context: EngineContext,
  connector: { readonly id: number; readonly name: string },
  report: RunReport,
  signal: AbortSignal,
): Promise<void> {
  const { store } = context;
  const synchronizer = new Synchronizer(context, report);
  synchronizer.requireScope(connector.id);
  store.cs.retryFailed(connector.id);
  const isConsistent = isReadTogether(context, connector);
  const apply = (row: CsRow): void => {
    // What is gone from one domain may have moved to another that has not been read since.
    if (row.live === 1 || row.partition === null || isConsistent) synchronizer.applySource(row);
  };
  await eachDirty(context, { connector, report, apply }, signal);
  await settleOthers(context, { synchronizer, report }, signal);
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
  const { exports } = context.store;
  const synchronizer = new Synchronizer(context, report);
  const apply = (row: CsRow): void => void synchronizer.applyTenant(row);
  await eachDirty(context, { connector, report, apply }, signal);
  const isOrphan = createOrphanRule(context);
  const applyUnlinked = (row: CsRow): void => {
    if (!synchronizer.applyTenant(row) || !isOrphan(row) || exports.get(row.id)?.operation === 'delete') return;
    exports.put(row.id, 'delete', '{}', `its source object is not in ${row.source ?? 'any forest'}`);
  };
  for (const type of ['user', 'group']) await eachUnlinked(context, { connector, type }, applyUnlinked, signal);
  await settleOthers(context, { synchronizer, report }, signal);
}

/** What depends on other objects than those that were pending; also what a run has left that was broken off. */
async function settleOthers(
  context: EngineContext,
  { synchronizer, report }: { synchronizer: Synchronizer; report: RunReport },
  signal: AbortSignal,
): Promise<void> {
  await retryUnlinked(context, synchronizer, signal);
  await applyTouched(context, synchronizer, signal);
  await flowMembers(context, report, signal);
}

/** Whether all domains of a forest were imported by the same run last. */
function isReadTogether({ store, sources }: EngineContext, connector: { id: number; name: string }): boolean {
  const domains = new Set(sources.find(({ name }) => name === connector.name)?.partitions.map(({ name }) => name));
  const rows = store.connectors.partitionsOf(connector.id).filter(({ name }) => domains.has(name));
  return rows.length === domains.size && new Set(rows.map(({ last_run: run }) => run)).size <= 1;
}

async function eachDirty(
  { store, events }: EngineContext,
  work: { connector: { id: number; name: string }; report: RunReport; apply: (row: CsRow) => void },
  signal: AbortSignal,
): Promise<void> {
  const { connector, report, apply } = work;
  const total = store.cs.countDirty(connector.id);
  let done = 0;
  let last = 0;
  for (;;) {
    const ids = store.cs.dirty(connector.id, last, CHUNK_OBJECTS);
    if (ids.length === 0) return;
    applyDirty(store, ids, apply);
    last = ids.at(-1) ?? last;
    done += ids.length;
    report.count('synchronized', ids.length);
    const runProfile = 'Delta Synchronization';
    events.progress({ connector: connector.name, runProfile, done, total: Math.max(total, done) });
    await yieldTurn(signal);
  }
}

/** Objects that others have made pending, of whichever forest. */
async function applyTouched({ store }: EngineContext, synchronizer: Synchronizer, signal: AbortSignal): Promise<void> {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const ids = synchronizer.touched.take();
    if (ids.length === 0) return;
    for (let start = 0; start < ids.length; start += CHUNK_OBJECTS) {
      applyDirty(store, ids.slice(start, start + CHUNK_OBJECTS), (row) => {
        if (row.live === 1) synchronizer.applySource(row);
      });
      await yieldTurn(signal);
    }
  }
}

function applyDirty(store: EngineContext['store'], ids: readonly number[], apply: (row: CsRow) => void): void {
  store.transaction(() => {
    for (const id of ids) {
      // It may have been changed by one before it in the same chunk.
      const row = store.cs.get(id);
      if (row?.dirty === 1) apply(row);
    }
  });
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
