import { copyFileSync, rmSync } from 'node:fs';
import type { Clock } from '@causeway/model';
import type { RuleSet } from '@causeway/sync-rules';
import type { EngineContext } from './context.ts';
import { runCycle, type CyclePolicy } from './cycle.ts';
import { connectorUnknown, engineBusy } from './errors.ts';
import { tenantConnectorIdentifier, type EngineEvents, type SourceConnector, type TenantConnector } from './ports.ts';
import { createQueries, type EngineQueries } from './query/queries.ts';
import type { Preview } from './query/preview.ts';
import { readPreview } from './query/preview.ts';
import { runProfile, type RunSettings } from './run-profile.ts';
import { openEngineDatabase, type Database } from './store/database.ts';
import type { ConnectorRow, PartitionRow } from './store/connectors.ts';
import type { RunProfile, RunRecord } from './store/runs.ts';
import { createStore, type Store } from './store/store.ts';

export interface EngineOptions {
  /** Path of the database; made when it is not there, and rebuilt from the forests and the tenant when it was deleted. */
  readonly file: string;
  readonly rules: RuleSet;
  readonly sources: readonly SourceConnector[];
  readonly tenant: TenantConnector;
  readonly clock: Clock;
  readonly events: EngineEvents;
}

/** What runs at the moment. */
export interface EngineActivity {
  readonly connector: string;
  readonly runProfile: RunProfile;
  readonly done: number;
  readonly total: number | undefined;
  readonly startedAt: string;
}

/**
 * The synchronization engine over its database: one run at a time.
 *
 * Everything it knows can be read again from the forests and the tenant; nothing lives only here.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #file: string;
  readonly #database: Database;
  readonly #context: EngineContext;
  readonly queries: EngineQueries;
  #activity: EngineActivity | undefined;
  #running: AbortController | undefined;
  #isPreviewing = false;

  private constructor(options: EngineOptions, database: Database) {
    this.#options = options;
    this.#file = options.file;
    this.#database = database;
    const store = createStore(database);
    const { rules, sources, tenant, clock, events } = options;
    const progress: EngineEvents['progress'] = (step) => {
      const startedAt = this.#activity?.startedAt ?? new Date(clock.now()).toISOString();
      this.#activity = { ...step, startedAt };
      events.progress(step);
    };
    this.#context = { store, rules, sources, tenant, clock, events: { ...events, progress } };
    prepare(this.#context);
    this.queries = createQueries(this.#context);
  }

  /**
   * Opens the engine. Connectors that are new have a full import and synchronization ahead, all of them when the rules or
   * filters have changed.
   *
   * @throws {CausewayError} ERR_ENGINE_DATABASE
   */
  static open(options: EngineOptions): Engine {
    const { database, state } = openEngineDatabase(options.file);
    if (state === 'replaced') {
      options.events.warning({
        code: 'ERR_ENGINE_DATABASE_REPLACED',
        message: `the engine's database ${options.file} was damaged or of another release and has been put aside`,
        nextStep:
          'none: it is rebuilt from the forests and the tenant; delete the file with the ending .unusable when all is well',
      });
    }
    try {
      return new Engine(options, database);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** What is being done; undefined while idle. */
  get activity(): EngineActivity | undefined {
    return this.#running === undefined ? undefined : this.#activity;
  }

  get isBusy(): boolean {
    return this.#running !== undefined;
  }

  /** Runs one profile. @throws {CausewayError} ERR_ENGINE_BUSY, ERR_ENGINE_CONNECTOR_UNKNOWN, and what ended it. */
  async run(
    run: { readonly connector: string; readonly runProfile: RunProfile; readonly settings: RunSettings },
    signal: AbortSignal,
  ): Promise<RunRecord> {
    this.requireConnector(run.connector);
    return this.#exclusively(signal, async (inner) => {
      this.#begin(run.connector, run.runProfile);
      return runProfile(this.#context, run, inner);
    });
  }

  /** Runs one cycle. @throws {CausewayError} ERR_ENGINE_BUSY, and the first failure once everything else is done. */
  async cycle(
    cycle: { readonly policy: CyclePolicy; readonly settings: RunSettings },
    signal: AbortSignal,
  ): Promise<RunRecord[]> {
    return this.#exclusively(signal, async (inner) => {
      this.#begin(this.#options.sources[0]?.name ?? '', cycle.policy === 'Initial' ? 'Full Import' : 'Delta Import');
      return runCycle(this.#context, cycle, inner);
    });
  }

  /** Ends what is running; the next run goes on from there. False when nothing was. */
  stop(): boolean {
    this.#running?.abort(new DOMException('the run was stopped', 'AbortError'));
    return this.#running !== undefined;
  }

  /**
   * What a cycle would do, found out by doing it on a copy of the database without the export. With `changes` what it would do
   * with other rules or other forests' filters.
   *
   * @throws {CausewayError} ERR_ENGINE_BUSY: another preview is made; and what keeps a cycle from being made.
   */
  async preview(
    cycle: { readonly policy: CyclePolicy; readonly settings: RunSettings; readonly entries: number },
    changes: Partial<Pick<EngineOptions, 'rules' | 'sources'>>,
    signal: AbortSignal,
  ): Promise<Preview> {
    if (this.#isPreviewing) throw engineBusy();
    this.#isPreviewing = true;
    const file = `${this.#file}.preview`;
    removeDatabase(file);
    try {
      if (this.isBusy) await this.#database.backup(file);
      else {
        // Quicker where nobody writes: everything is in the one file then.
        this.#database.pragma('wal_checkpoint(TRUNCATE)');
        copyFileSync(this.#file, file);
      }
      const quiet: EngineEvents = {
        ...this.#options.events,
        changed: () => undefined,
        deletionThreshold: () => undefined,
      };
      const copy = Engine.open({ ...this.#options, ...changes, file, events: quiet });
      try {
        const settings = { ...cycle.settings, staging: true };
        const errors: RunRecord['errors'][number][] = [];
        for (const run of await copy.cycle({ policy: cycle.policy, settings }, signal)) errors.push(...run.errors);
        return readPreview(copy.#context, { threshold: cycle.settings.threshold, entries: cycle.entries, errors });
      } finally {
        copy.close();
      }
    } finally {
      removeDatabase(file);
      this.#isPreviewing = false;
    }
  }

  get connectors(): readonly (ConnectorRow & { readonly partitions: readonly PartitionRow[] })[] {
    const { connectors } = this.#store;
    const names = new Set([...this.#options.sources.map(({ name }) => name), this.#options.tenant.name]);
    return connectors
      .list()
      .filter(({ name }) => names.has(name))
      .map((row) => ({ ...row, partitions: connectors.partitionsOf(row.id) }));
  }

  /** @throws {CausewayError} ERR_ENGINE_CONNECTOR_UNKNOWN */
  requireConnector(name: string): ConnectorRow {
    const found = this.connectors.find((connector) => connector.name === name);
    if (found !== undefined) return found;
    throw connectorUnknown(
      name,
      this.connectors.map((connector) => connector.name),
    );
  }

  /** What the next cycle does of a connector, whatever its policy. */
  override(
    name: string,
    change: { fullImportRequired?: boolean | undefined; fullSyncRequired?: boolean | undefined },
  ): ConnectorRow {
    const { id } = this.requireConnector(name);
    const { connectors } = this.#store;
    if (change.fullImportRequired !== undefined) connectors.requireFullImport(id, change.fullImportRequired);
    if (change.fullSyncRequired !== undefined) connectors.requireFullSync(id, change.fullSyncRequired);
    return this.requireConnector(name);
  }

  /** Lets all pending deletions through, once; gives their number. */
  allowDeletions(): number {
    return this.#store.exports.allowDeletions();
  }

  /** Forgets runs from before a time, ISO 8601; gives their number. */
  purgeRuns(before: string): number {
    return this.#store.runs.purge(before);
  }

  close(): void {
    this.#database.close();
  }

  get #store(): Store {
    return this.#context.store;
  }

  #begin(connector: string, profile: RunProfile): void {
    const startedAt = new Date(this.#options.clock.now()).toISOString();
    this.#activity = { connector, runProfile: profile, done: 0, total: undefined, startedAt };
  }

  async #exclusively<Result>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.#running !== undefined) throw engineBusy();
    this.#running = new AbortController();
    try {
      return await work(AbortSignal.any([signal, this.#running.signal]));
    } finally {
      this.#running = undefined;
    }
  }
}

/** Brings connectors and what is known of the rules up to date. */
function prepare({ store, rules, sources, tenant, clock }: EngineContext): void {
  const at = new Date(clock.now()).toISOString();
  store.transaction(() => {
    store.runs.abandon(at);
    for (const { name, identifier } of sources) store.connectors.ensure({ name, kind: 'ad', identifier, at });
    store.connectors.ensure({ name: tenant.name, kind: 'tenant', identifier: tenantConnectorIdentifier, at });
    const digest = JSON.stringify([
      rules.digest,
      sources.map(({ name, units, partitions }) => [name, units, partitions.map((one) => one.name)]),
    ]);
    if (store.readMeta('rules') === digest) return;
    for (const { id, kind } of store.connectors.list()) if (kind === 'ad') store.connectors.requireFullSync(id, true);
    store.writeMeta('rules', digest);
  });
}

function removeDatabase(file: string): void {
  for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true });
}
