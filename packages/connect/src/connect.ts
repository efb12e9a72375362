import { join } from 'node:path';
import type { DirectoryClient } from '@causeway/contract';
import { controlSocketOf, type ConnectorStatistics } from '@causeway/control';
import { EventLog, loggerSink, SyslogSink } from '@causeway/event-log';
import type { Clock, Logger } from '@causeway/model';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { createAdministration, processStatusOf } from './agent/administration.ts';
import { openAgentState } from './agent/agent-state.ts';
import { logLevels } from './agent/log-levels.ts';
import { planReload } from './agent/reload.ts';
import type { ConnectProgress } from './agent/process-options.ts';
import { prepareStateFolder } from './agent/status-file.ts';
import { createWorkers, type WorkerPorts, type Workers } from './agent/workers.ts';
import type { ConnectConfig } from './config.ts';
import { startControlServer } from './control/control-server.ts';
import { startMetricsServer } from './control/metrics-server.ts';
import { createMetrics, type Metrics } from './control/metrics.ts';
import { readAccountPassword } from './dc/account-password.ts';
import type { SecretFiles } from './secrets/secret-files.ts';

export interface ConnectOptions {
  readonly config: ConnectConfig;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly directory: DirectoryClient;
  readonly secrets: SecretFiles;
  readonly version: string;
  /** Reads a configuration file and checks it; without a name the one that the agent was started with. */
  readonly readConfig: (file: string | undefined) => ConnectConfig;
  readonly onProgress?: (progress: ConnectProgress) => void;
}

/** The on-premises service: two processes that read forests and deliver to the directory. */
export interface Connect {
  /**
   * Runs both processes, and answers administrators, until the signal is raised; then resolves. Faults of the world are logged
   * once and tried again.
   *
   * @throws {CausewayError} at the start, when the configuration cannot work: ERR_CONNECT_PASSWORD_FILE,
   *   ERR_CONNECT_STATE_DIR, ERR_SEAL_KEY, ERR_SYNC_RULES_INVALID, ERR_CONTROL_IN_USE, ERR_CONNECT_METRICS_LISTEN.
   */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Runs one cycle of object sync, then one of password hash sync, and resolves when the directory has acknowledged both.
   *
   * @throws {CausewayError} the first thing that went wrong; the other process has run all the same.
   */
  runOnce(signal: AbortSignal): Promise<void>;
  /** Reads the configuration again and takes over what can change while the agent runs. */
  reload(): Promise<{ changed: string[]; needsRestart: string[] }>;
}

/** Connect as configured; nothing is read or opened before it runs. */
export function createConnect(options: ConnectOptions): Connect {
  let running: Agent | undefined;
  return {
    async run(signal) {
      const agent = await Agent.open(options);
      running = agent;
      try {
        await agent.run(signal);
      } finally {
        running = undefined;
        await agent.close();
      }
    },
    async runOnce(signal) {
      const agent = await Agent.open(options);
      try {
        await agent.workers.runOnce(signal);
      } finally {
        await agent.close();
      }
    },
    reload: async () => running?.reload() ?? { changed: [], needsRestart: [] },
  };
}

/** What an agent holds open. */
type AgentPorts = WorkerPorts & { readonly events: EventLog };

/** A connect that has its files open. */
class Agent {
  readonly #options: ConnectOptions;
  readonly #ports: AgentPorts;
  readonly #metrics: Metrics;
  readonly #registry: Registry;
  #workers: Workers;
  /** Ends the processes so that others, of a changed configuration, take their place. */
  #replace = new AbortController();
  #next: ConnectConfig | undefined;

  private constructor(parts: {
    options: ConnectOptions;
    ports: AgentPorts;
    workers: Workers;
    metrics: Metrics;
    registry: Registry;
  }) {
    this.#options = parts.options;
    this.#ports = parts.ports;
    this.#workers = parts.workers;
    this.#metrics = parts.metrics;
    this.#registry = parts.registry;
  }

  static async open(options: ConnectOptions): Promise<Agent> {
    const { config, logger, clock, directory, secrets } = options;
    prepareStateFolder(config.stateDir);
    for (const { account } of config.connectors) await readAccountPassword(account.passwordFile, secrets);
    const state = openAgentState(config.stateDir);
    const registry = new Registry();
    let current: Workers | undefined;
    const metrics = createMetrics({
      registry,
      clock,
      source: {
        processes: () => current?.reports().map(processStatusOf) ?? [],
        statistics: () => statisticsOf(current),
        heldDeletions: () => current?.engine.queries.pendingDeletions().deletions.length ?? 0,
      },
    });
    const { syslog } = config.events;
    const events = EventLog.open({
      file: join(config.stateDir, 'events.sqlite'),
      clock,
      limits: config.events,
      sinks: [
        loggerSink(logger, logLevels),
        { accept: ({ id, level }) => metrics.noteEvent(id, level) },
        ...(syslog === undefined ? [] : [SyslogSink.open({ config: syslog, logger })]),
      ],
      onProblem: ({ code, message, nextStep }) => logger.warn({ code, nextStep }, message),
      onRecovered: (lost) => logger.info({ lost }, `events are stored again; ${lost} are missing`),
    });
    const ports = {
      directory,
      state,
      events,
      secrets,
      clock,
      logger,
      isStaging: () => state.readSetting('stagingMode', z.boolean()) ?? config.staging,
      onProgress: options.onProgress ?? (() => undefined),
      onCycle: (process: string, seconds: number) => metrics.noteCycle(process, seconds),
      onDelivered: ({ connector, changedAt, deliveredAt }: Parameters<WorkerPorts['onDelivered']>[0]) =>
        metrics.notePassword(connector, (deliveredAt - changedAt) / 1_000),
    };
    try {
      current = await createWorkers(config, ports);
      return new Agent({ options, ports, workers: current, metrics, registry });
    } catch (error) {
      state.close();
      await events.close();
      throw error;
    }
  }

  get workers(): Workers {
    return this.#workers;
  }

  async run(signal: AbortSignal): Promise<void> {
    const servers = await this.#startServers(signal);
    try {
      for (;;) {
        const { signal: replaced } = (this.#replace = new AbortController());
        await this.#workers.run(AbortSignal.any([signal, replaced]));
        const next = this.#next;
        if (signal.aborted || !replaced.aborted || next === undefined) return;
        this.#next = undefined;
        this.#workers.close();
        this.#workers = await createWorkers(next, this.#ports);
      }
    } finally {
      await Promise.all(servers.map(async (server) => server.close()));
    }
  }

  async reload(): Promise<{ changed: string[]; needsRestart: string[] }> {
    const next = this.#options.readConfig(undefined);
    const plan = planReload(this.#next ?? this.#workers.config, next);
    const { logger } = this.#options;
    if (plan.needsRestart.length > 0) {
      logger.warn(
        { keys: plan.needsRestart },
        `the configuration has changes that need a restart: ${plan.needsRestart.join(', ')}`,
      );
    } else if (plan.changed.length > 0) {
      logger.info({ keys: plan.changed }, `the configuration was read again: ${plan.changed.join(', ')}`);
      // What was judged is what is taken, whatever becomes of the file meanwhile.
      this.#next = next;
      this.#replace.abort();
    }
    return plan;
  }

  async close(): Promise<void> {
    this.#workers.close();
    this.#ports.state.close();
    await this.#ports.events.close();
  }

  async #startServers(signal: AbortSignal): Promise<{ close: () => Promise<void> }[]> {
    const { config, logger, clock, directory, version, readConfig } = this.#options;
    const { state, secrets, isStaging } = this.#ports;
    const administration = createAdministration({
      workers: () => this.#workers,
      state,
      directory,
      secrets,
      clock,
      logger,
      version,
      startedAt: new Date(clock.now()).toISOString(),
      isStaging,
      setStaging: async (enabled) => this.#setStaging(enabled),
      readConfig,
      reload: async () => this.reload(),
      signal,
    });
    const control = await startControlServer({ administration, socket: controlSocketOf(config.stateDir), logger });
    if (config.metrics === undefined) return [control];
    try {
      const metrics = await startMetricsServer({
        listen: config.metrics.listen,
        registry: this.#registry,
        metrics: this.#metrics,
        processes: () => this.#workers.reports().map(processStatusOf),
        clock,
        logger,
      });
      return [control, metrics];
    } catch (error) {
      await control.close();
      throw error;
    }
  }

  async #setStaging(enabled: boolean): Promise<void> {
    const { state, logger } = this.#ports;
    state.writeSetting('stagingMode', enabled);
    // An export under way is broken off: from now on nothing is sent.
    if (enabled) this.#workers.engine.stop();
    await this.#workers.passwords.setStaging(enabled);
    if (!enabled) this.#workers.objectSync.request('Delta');
    logger.info({ staging: enabled }, enabled ? 'staging: nothing is sent any more' : 'active: no longer staging');
  }
}

function statisticsOf(workers: Workers | undefined): ReadonlyMap<string, ConnectorStatistics> {
  const { connectors = [], queries } = workers?.engine ?? {};
  return new Map(connectors.flatMap(({ name }) => (queries === undefined ? [] : [[name, queries.statistics(name)]])));
}
