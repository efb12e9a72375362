import type { DirectoryClient } from '@causeway/contract';
import type { CyclePolicy, Engine, RunProfile, RunRecord, RunSettings } from '@causeway/engine';
import type { EventWriter } from '@causeway/event-log';
import type { Clock, Logger } from '@causeway/model';
import type { AgentState } from '../agent/agent-state.ts';
import { sleep } from '../agent/sleep.ts';
import type { SyncProcess, SyncSession } from '../agent/sync-process.ts';
import type { ConnectorConfig } from '../config.ts';
import { watchForests } from './forest-watch.ts';
import type { ObjectPorts } from './object-ports.ts';
import { problemsOf } from './object-problems.ts';
import { changeScheduler, effectiveInterval, readSchedulerSettings, runsByItself } from './scheduler.ts';

/** Share of its time that a DC spends on imports at most, as long as the pause allows. */
const DUTY = 0.1;
/** No pause between two cycles is longer, however long the last one took. */
const PAUSE_MAX_MS = 10_000;
/** How often a process that waits looks whether it is time. */
const LOOK_MS = 60_000;
/** How often old runs are purged. */
const PURGE_MS = 3_600_000;

export interface ObjectSyncOptions {
  readonly engine: Engine;
  readonly connectors: readonly ConnectorConfig[];
  readonly ports: ObjectPorts;
  readonly pollIntervalMs: number;
  readonly directory: Pick<DirectoryClient, 'readSettings'>;
  readonly state: AgentState;
  readonly events: EventWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isStaging: () => boolean;
  /** Told of every cycle that came to its end. */
  readonly onCycle: (seconds: number) => void;
}

/**
 * Object sync: cycles of the engine, begun by a change in a forest, by the scheduler's interval, or by an administrator.
 */
export class ObjectSync implements SyncProcess {
  readonly name = 'object sync';
  readonly #options: ObjectSyncOptions;
  #requested: CyclePolicy | undefined;
  /** From the moment that a cycle is no longer requested. */
  #isRunning = false;
  #changed = true;
  #wake = (): void => undefined;
  /** Ends the pause after a cycle. */
  #hurry = (): void => undefined;
  #lastCycleAt: number | undefined;
  #lastTookMs = 0;
  #lastPurgeAt = 0;
  /** What the last cycle could not synchronize. */
  #problems: ReadonlySet<string> = new Set();

  constructor(options: ObjectSyncOptions) {
    this.#options = options;
  }

  /** When the last cycle began; undefined before the first. */
  get lastCycleAt(): number | undefined {
    return this.#lastCycleAt;
  }

  /** Whether a cycle is under way, or ahead because an administrator has asked for it. */
  get isCycling(): boolean {
    return this.#requested !== undefined || this.#isRunning;
  }

  async open(signal: AbortSignal): Promise<SyncSession> {
    const { connectors, ports, pollIntervalMs } = this.#options;
    const ended = new AbortController();
    const watching = watchForests(
      connectors,
      { ports, pollIntervalMs, onChange: () => this.#noteChange() },
      AbortSignal.any([signal, ended.signal]),
    );
    return {
      cycle: async (inner) => this.#cycle(inner),
      waitForWork: async (inner) => this.#waitForWork(inner),
      close: async () => {
        ended.abort();
        await watching;
      },
    };
  }

  noteFailure(): void {
    // What was new is still new.
    this.#changed = true;
  }

  /** Begins a cycle as soon as nothing else runs. */
  request(policy: CyclePolicy): void {
    this.#requested = policy;
    this.#hurry();
    this.#wake();
  }

  /** To be told when the scheduler's settings have changed: what has waited for them begins. */
  noteSchedule(): void {
    this.#wake();
  }

  /** Waits for the back-off, or for an administrator who cannot wait. */
  async waitToRetry(delayMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await this.#orAfter(promise, delayMs, signal);
  }

  /** Runs one profile now. @throws {CausewayError} ERR_ENGINE_BUSY */
  async runProfile(connector: string, runProfile: RunProfile, signal: AbortSignal): Promise<RunRecord> {
    return this.#options.engine.run({ connector, runProfile, settings: await this.readSettings(signal) }, signal);
  }

  /** What decides about a run beside its profile. */
  async readSettings(signal: AbortSignal): Promise<RunSettings> {
    const { deletionThreshold } = await this.#options.directory.readSettings({ signal });
    return { staging: this.#options.isStaging(), threshold: deletionThreshold };
  }

  #noteChange(): void {
    this.#changed = true;
    this.#wake();
  }

  async #cycle(signal: AbortSignal): Promise<void> {
    const { engine, clock, events, onCycle } = this.#options;
    const settings = readSchedulerSettings(this.#options.state);
    if (this.#requested === undefined && !runsByItself(settings)) return;
    while (engine.isBusy) await sleep(50, signal);
    const policy = this.#requested ?? (settings.nextSyncCyclePolicyType === 'Initial' ? 'Initial' : 'Delta');
    const startedAt = clock.now();
    this.#changed = false;
    this.#lastCycleAt = startedAt;
    this.#requested = undefined;
    const runs = await this.#runCycle(policy, signal);
    if (settings.nextSyncCyclePolicyType === 'Initial')
      changeScheduler(this.#options.state, { nextSyncCyclePolicyType: 'Delta' });
    this.#lastTookMs = clock.now() - startedAt;
    onCycle(this.#lastTookMs / 1_000);
    if (policy === 'Initial' || runs.some(({ counts }) => changedSomething(counts))) {
      events.write(904, { text: `Finished a ${policy} synchronization cycle in ${this.#lastTookMs} ms.` });
      this.#announce(policy, runs);
    }
    this.#tellProblems(runs);
    this.#purge();
  }

  async #waitForWork(signal: AbortSignal): Promise<void> {
    const { clock, state } = this.#options;
    await this.#pause(signal);
    for (;;) {
      if (this.#requested !== undefined) return;
      const settings = readSchedulerSettings(state);
      const dueInMs = (this.#lastCycleAt ?? 0) + effectiveInterval(settings) * 1_000 - clock.now();
      const byItself = runsByItself(settings);
      if (byItself && (this.#changed || dueInMs <= 0)) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await this.#orAfter(promise, byItself ? Math.min(dueInMs, LOOK_MS) : LOOK_MS, signal);
    }
  }

  async #runCycle(policy: CyclePolicy, signal: AbortSignal): Promise<RunRecord[]> {
    this.#isRunning = true;
    try {
      return await this.#options.engine.cycle({ policy, settings: await this.readSettings(signal) }, signal);
    } finally {
      this.#isRunning = false;
    }
  }

  /** Leaves the DC alone after a cycle, unless an administrator asks for another one. */
  async #pause(signal: AbortSignal): Promise<void> {
    if (this.#requested !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hurry = resolve;
    await this.#orAfter(promise, Math.min(this.#lastTookMs * (1 / DUTY - 1), PAUSE_MAX_MS), signal);
  }

  async #orAfter(event: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    try {
      await Promise.race([event, sleep(ms, AbortSignal.any([signal, over.signal])).catch(() => undefined)]);
      signal.throwIfAborted();
    } finally {
      over.abort();
    }
  }

  #purge(): void {
    const { clock, engine, state } = this.#options;
    const { maintenanceEnabled, purgeRunHistoryInterval } = readSchedulerSettings(state);
    if (!maintenanceEnabled || clock.now() - this.#lastPurgeAt < PURGE_MS) return;
    this.#lastPurgeAt = clock.now();
    engine.purgeRuns(new Date(clock.now() - purgeRunHistoryInterval * 1_000).toISOString());
  }

  #tellProblems(runs: readonly RunRecord[]): void {
    const { all, fresh } = problemsOf(runs, this.#problems);
    this.#problems = all;
    const [first, ...others] = fresh;
    if (first === undefined) return;
    const nextStep = 'mend each object as its error says; causeway sync history, and --id with the run, has them all';
    this.#options.logger.warn(
      { process: this.name, code: first.code, nextStep, objects: fresh.length },
      `${first.dn} is not synchronized: ${first.message}${others.length > 0 ? ` (and ${others.length} more)` : ''}`,
    );
  }

  #announce(policy: CyclePolicy, runs: readonly RunRecord[]): void {
    const counts: Record<string, number> = {};
    for (const run of runs) {
      for (const [name, count] of Object.entries(run.counts)) counts[name] = (counts[name] ?? 0) + count;
    }
    const {
      exportAdds = 0,
      exportUpdates = 0,
      exportDeletes = 0,
      exportMemberAdds = 0,
      exportMemberDeletes = 0,
    } = counts;
    const sent = exportAdds + exportUpdates + exportDeletes + exportMemberAdds + exportMemberDeletes;
    // Much of what changes in a forest all day changes nothing for the tenant.
    this.#options.logger[sent > 0 || policy === 'Initial' ? 'info' : 'debug'](
      { process: this.name, policy, ms: this.#lastTookMs, counts },
      `delivered ${exportAdds} new, ${exportUpdates} changed and ${exportDeletes} deleted objects, and ${exportMemberAdds + exportMemberDeletes} changes of memberships`,
    );
  }
}

/** Whether a run did more than look. */
function changedSomething(counts: RunRecord['counts']): boolean {
  return Object.entries(counts).some(([name, count]) => count > 0 && name !== 'unchanged');
}
