import type { ConnectorStatistics, ProcessStatus } from '@causeway/control';
import type { Clock } from '@causeway/model';
import { collectDefaultMetrics, Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is asked of the agent whenever its metrics are read. */
export interface MetricsSource {
  readonly processes: () => readonly ProcessStatus[];
  /** Statistics of every connector, by its name. */
  readonly statistics: () => ReadonlyMap<string, ConnectorStatistics>;
  /** Deletions that the deletion threshold holds back. */
  readonly heldDeletions: () => number;
}

/** What the agent notes while it works, and where it is brought up to date before it is read. */
export interface Metrics {
  /** A cycle or a run came to its end. */
  noteCycle(process: string, seconds: number): void;
  /** A password was accepted by the directory, so long after it had been changed at its domain controller. */
  notePassword(connector: string, seconds: number): void;
  noteEvent(id: number, level: string): void;
  /** Reads the source; to be called before the registry is read. */
  refresh(): void;
}

const states: readonly ProcessStatus['state'][] = [
  'off',
  'opening',
  'reading',
  'waiting',
  'paused',
  'failed',
  'stopped',
];

/**
 * The agent's metrics in a registry, beside those of the runtime: memory, event-loop lag, garbage collection. Labels are
 * names of processes and connectors, states, and ids and levels of events; never anything of a user.
 */
export function createMetrics(options: { registry: Registry; clock: Clock; source: MetricsSource }): Metrics {
  const { registry } = options;
  collectDefaultMetrics({ register: registry });
  const refreshProcesses = processGauges(registry, options.clock);
  const refreshObjects = objectGauges(registry);
  const { cycles, passwords, events } = createRecords(registry);
  return {
    noteCycle: (process, seconds) => cycles.observe({ process }, seconds),
    notePassword: (connector, seconds) => passwords.observe({ connector }, seconds),
    noteEvent: (id, level) => events.inc({ id, level }),
    refresh: () => {
      refreshProcesses(options.source.processes());
      refreshObjects(options.source);
    },
  };
}

function createRecords(registry: Registry) {
  const registers = [registry];
  return {
    cycles: new Histogram({
      name: 'causeway_cycle_duration_seconds',
      help: 'How long cycles of a process took that came to their end.',
      labelNames: ['process'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200],
      registers,
    }),
    passwords: new Histogram({
      name: 'causeway_password_latency_seconds',
      help: 'Time from the change of a password at its domain controller until the directory had accepted it.',
      labelNames: ['connector'],
      buckets: [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200],
      registers,
    }),
    events: new Counter({
      name: 'causeway_events_total',
      help: 'Events written to the event log since the agent started.',
      labelNames: ['id', 'level'],
      registers,
    }),
  };
}

function processGauges(registry: Registry, clock: Clock): (processes: readonly ProcessStatus[]) => void {
  const registers = [registry];
  const state = new Gauge({
    name: 'causeway_process_state',
    help: '1 for the state that a process is in, 0 for the others.',
    labelNames: ['process', 'state'],
    registers,
  });
  const age = new Gauge({
    name: 'causeway_seconds_since_last_success',
    help: 'Seconds since the last cycle of a process came to its end; absent before the first.',
    labelNames: ['process'],
    registers,
  });
  const counts = new Gauge({
    name: 'causeway_process_count',
    help: 'Counts of a process since the agent started, by their names in causeway sync status.',
    labelNames: ['process', 'count'],
    registers,
  });
  return (processes) => {
    for (const gauge of [state, age, counts]) gauge.reset();
    for (const { process, lastSuccessAt, counts: values, ...rest } of processes) {
      for (const name of states) state.set({ process, state: name }, name === rest.state ? 1 : 0);
      if (lastSuccessAt !== null) age.set({ process }, (clock.now() - Date.parse(lastSuccessAt)) / 1_000);
      for (const [count, value] of Object.entries(values)) counts.set({ process, count }, value);
    }
  };
}

function objectGauges(registry: Registry): (source: MetricsSource) => void {
  const registers = [registry];
  const objects = new Gauge({
    name: 'causeway_connector_objects',
    help: 'Objects in the connector space of a connector.',
    labelNames: ['connector'],
    registers,
  });
  const pending = new Gauge({
    name: 'causeway_pending_exports',
    help: 'Objects of a connector with changes that are not exported, or not confirmed by an import yet.',
    labelNames: ['connector', 'operation'],
    registers,
  });
  const errors = new Gauge({
    name: 'causeway_export_errors',
    help: 'Objects of a connector whose last export was refused.',
    labelNames: ['connector'],
    registers,
  });
  const held = new Gauge({
    name: 'causeway_held_deletions',
    help: 'Deletions that the deletion threshold holds back.',
    registers,
  });
  return (source) => {
    for (const gauge of [objects, pending, errors]) gauge.reset();
    for (const [connector, statistics] of source.statistics()) {
      objects.set({ connector }, statistics.total);
      pending.set({ connector, operation: 'add' }, statistics.pendingExportAdds);
      pending.set({ connector, operation: 'update' }, statistics.pendingExportUpdates);
      pending.set({ connector, operation: 'delete' }, statistics.pendingExportDeletes);
      errors.set({ connector }, statistics.exportErrors);
    }
    held.set(source.heldDeletions());
  };
}
