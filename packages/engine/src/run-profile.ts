import { CausewayError } from '@causeway/model';
import { RunReport, type EngineContext } from './context.ts';
import { connectorUnknown } from './errors.ts';
import { exportTenant } from './export/export.ts';
import { importSource } from './import/source-import.ts';
import { importTenant } from './import/tenant-import.ts';
import type { RunProfile, RunRecord } from './store/runs.ts';
import { synchronizeSource, synchronizeTenant } from './sync/synchronization.ts';

/** What decides about a run beside its profile, read when it begins. */
export interface RunSettings {
  readonly staging: boolean;
  readonly threshold: { readonly enabled: boolean; readonly value: number };
}

/**
 * Runs one profile of one connector to its end, and keeps what came of it in the run history.
 *
 * @throws whatever ended it early, once that is in the history.
 */
export async function runProfile(
  context: EngineContext,
  run: { readonly connector: string; readonly runProfile: RunProfile; readonly settings: RunSettings },
  signal: AbortSignal,
): Promise<RunRecord> {
  const { store, clock } = context;
  const now = (): string => new Date(clock.now()).toISOString();
  const report = new RunReport();
  const id = store.runs.begin(run.connector, run.runProfile, now());
  const end = (result: string): void =>
    store.runs.end(id, { result, counts: report.counts, errors: report.errors }, now());
  try {
    const result = await perform(context, { ...run, report, id }, signal);
    end(result === 'success' && report.errors.length > 0 ? 'completed-sync-errors' : result);
  } catch (error) {
    if (!signal.aborted) report.fail({ dn: run.connector, ...describe(error) });
    end(signal.aborted ? 'stopped-user-termination' : 'stopped-error');
    throw error;
  }
  return store.runs.get(id) as RunRecord;
}

async function perform(
  context: EngineContext,
  run: { connector: string; runProfile: RunProfile; settings: RunSettings; report: RunReport; id: number },
  signal: AbortSignal,
): Promise<string> {
  const { store, sources, tenant } = context;
  const { report, settings } = run;
  const connector = store.connectors.find(run.connector);
  const source = sources.find(({ name }) => name === run.connector);
  const isTenant = run.connector === tenant.name;
  if (connector === undefined || (source === undefined && !isTenant)) {
    throw connectorUnknown(run.connector, [...sources.map(({ name }) => name), tenant.name]);
  }
  switch (run.runProfile) {
    case 'Full Import':
    case 'Delta Import': {
      const options = { full: run.runProfile === 'Full Import', report, run: run.id };
      if (source === undefined) await importTenant(context, options, signal);
      else await importSource(context, source, options, signal);
      return 'success';
    }
    case 'Full Synchronization':
    case 'Delta Synchronization':
      // Everything is pending for a full one.
      if (run.runProfile === 'Full Synchronization') {
        store.transaction(() => {
          store.cs.markAllDirty(connector.id);
          store.connectors.requireFullSync(connector.id, false);
        });
      }
      if (source === undefined) await synchronizeTenant(context, connector, report, signal);
      else await synchronizeSource(context, connector, report, signal);
      context.events.changed();
      return 'success';
    case 'Export':
      // Nothing is ever written to a forest.
      if (source !== undefined || settings.staging) return 'success';
      return exportTenant(context, { threshold: settings.threshold, report }, signal);
  }
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof CausewayError) return { code: error.code, message: error.message };
  return { code: 'ERR_ENGINE_UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
}
