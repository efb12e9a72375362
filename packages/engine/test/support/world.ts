import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantObject } from '@causeway/contract';
import { compileRules, parseSyncRules, type RuleOptions, type RuleSet } from '@causeway/sync-rules';
import {
  Engine,
  type CyclePolicy,
  type EngineEvents,
  type Preview,
  type RunRecord,
  type TenantConnector,
} from '../../src/index.ts';
import { createFolder } from './folder.ts';
import type { Forest } from './forest.ts';

export const tenantName = 'contoso - AAD';
export const threshold = { enabled: true, value: 500 };

/** Rule sets, which take a moment to compile. */
const compiled = new Map<string, RuleSet>();

export interface WorldOptions {
  readonly options?: RuleOptions;
  /** Rules of the administrator, in YAML. */
  readonly rules?: string;
  readonly staging?: boolean;
  readonly threshold?: { readonly enabled: boolean; readonly value: number };
  readonly file?: string;
}

/** An engine over forests and a tenant, and what tests ask of it. */
export class World {
  readonly forests: readonly Forest[];
  readonly directory: TenantConnector['directory'];
  readonly file: string;
  readonly warnings: string[] = [];
  readonly thresholds: { pendingDeletes: number; threshold: number }[] = [];
  now = Date.UTC(2026, 10, 27, 9);
  onProgress: () => void = () => undefined;
  settings: { staging: boolean; threshold: { enabled: boolean; value: number } };
  ruleOptions: RuleOptions;
  readonly #rules: string;
  #engine: Engine | undefined;

  constructor(forests: readonly Forest[], directory: TenantConnector['directory'], options: WorldOptions = {}) {
    this.forests = forests;
    this.directory = directory;
    this.file = options.file ?? join(createFolder(), 'engine.sqlite');
    this.ruleOptions = options.options ?? {};
    this.#rules = options.rules ?? '';
    this.settings = { staging: options.staging ?? false, threshold: options.threshold ?? threshold };
  }

  get engine(): Engine {
    this.#engine ??= this.open();
    return this.#engine;
  }

  ruleSet(options: RuleOptions = this.ruleOptions): RuleSet {
    const forests = this.forests.map(({ name }) => ({ name, kind: 'ad' as const }));
    const connectors = [...forests, { name: tenantName, kind: 'tenant' as const }];
    const key = JSON.stringify([this.#rules, connectors, options]);
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const rules = [parseSyncRules(this.#rules, 'custom.yaml')];
    const made = compileRules({ rules, connectors, options, clock: { now: () => Date.UTC(2026, 10, 27, 9) } });
    compiled.set(key, made);
    return made;
  }

  open(): Engine {
    return Engine.open({
      file: this.file,
      rules: this.ruleSet(),
      sources: this.forests.map(({ connector }) => connector),
      tenant: { name: tenantName, directory: this.directory },
      clock: this.#clock,
      events: this.#events,
    });
  }

  /** As after a new start of the process, with the rules and filters as they are now. */
  reopen(): void {
    this.#engine?.close();
    this.#engine = undefined;
  }

  /** Deletes the database. */
  forget(): void {
    this.reopen();
    for (const ending of ['', '-wal', '-shm']) rmSync(this.file + ending, { force: true });
  }

  async cycle(policy: CyclePolicy = 'Delta'): Promise<RunRecord[]> {
    return this.engine.cycle({ policy, settings: this.settings }, new AbortController().signal);
  }

  /** A cycle of which something fails; gives what was thrown. */
  async failingCycle(policy: CyclePolicy = 'Delta'): Promise<unknown> {
    try {
      await this.cycle(policy);
    } catch (error) {
      return error;
    }
    throw new Error('the cycle did not fail');
  }

  /** Writes over the database. */
  damage(): void {
    this.reopen();
    writeFileSync(this.file, 'this is no database '.repeat(1_000));
  }

  async preview(changes: Parameters<Engine['preview']>[1] = {}): Promise<Preview> {
    const cycle = { policy: 'Delta', settings: this.settings, entries: 1_000 } as const;
    return this.engine.preview(cycle, changes, new AbortController().signal);
  }

  /** What the tenant has of synchronized objects that are not deleted, by anchor. */
  async tenant(): Promise<Map<string, TenantObject>> {
    const objects = new Map<string, TenantObject>();
    let after = 0;
    for (;;) {
      const page = await this.directory.readObjects({ after, limit: 2_000 }, {});
      for (const object of page.objects) {
        if (!object.deleted && !object.cloudOnly) objects.set(object.anchor, object);
      }
      if (!page.more) return objects;
      after = page.next;
    }
  }

  async members(group: string): Promise<string[]> {
    return [...(await this.directory.readMembers(group, { limit: 20_000 }, {})).members];
  }

  get #clock() {
    return { now: () => this.now };
  }

  get #events(): EngineEvents {
    return {
      progress: () => this.onProgress(),
      deletionThreshold: ({ pendingDeletes, threshold: value }) => {
        this.thresholds.push({ pendingDeletes, threshold: value });
      },
      warning: ({ code }) => void this.warnings.push(code),
      changed: () => undefined,
    };
  }
}

/** Sums what runs counted. */
export function countsOf(runs: readonly RunRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const run of runs)
    for (const [name, count] of Object.entries(run.counts)) counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

/** Number of objects and members that runs exported. */
export function exportedBy(runs: readonly RunRecord[]): number {
  return Object.entries(countsOf(runs))
    .filter(([name]) => name.startsWith('export'))
    .reduce((sum, [, count]) => sum + count, 0);
}
