import type { CausewayError, Clock } from '@causeway/model';
import { damagedError, unusableError } from './errors.ts';
import type { EventData, EventId } from './event-data.ts';
import type { EventQuery, EventReader } from './event-query.ts';
import { toRow, type EventRow } from './event-rows.ts';
import type { EventSink } from './event-sink.ts';
import { EventStore, isDamage, setAside, type EventLogLimits } from './event-store.ts';
import { describeEvent, type EventRecord, type EventWriter, type LoggedEvent } from './event.ts';
import { StoredEvents } from './stored-events.ts';

/** Events that are kept in memory at most while they cannot be stored; then the oldest are lost. */
const MOST_PENDING = 2000;
/** Events in one transaction at most. */
const BATCH = 1000;
/** How many events, and how many milliseconds, between two looks at the limits. */
const PRUNE_EVENTS = 250;
const PRUNE_MS = 60_000;
/** How long a store that failed is left alone. */
const RETRY_MS = 1000;

/** What {@link EventLog.open} takes. */
export interface EventLogOptions {
  /** The store: a file in a folder that is there. Made with mode 0600 when it is not there. */
  readonly file: string;
  readonly clock: Clock;
  readonly limits: EventLogLimits;
  /** Where every event also goes, at once. */
  readonly sinks?: readonly EventSink[];
  /** Told once when events can no longer be stored, and when a damaged store was replaced. */
  readonly onProblem?: (problem: CausewayError) => void;
  /** Told once when events are stored again, with how many of them are missing in the store. */
  readonly onRecovered?: (lost: number) => void;
}

/**
 * The event log of an agent. Writing never throws: what is written in one turn of the event loop is stored in one
 * transaction when the turn is over. A disk that is full or broken is told once and stops nothing.
 */
export class EventLog implements EventWriter, EventReader {
  readonly #options: EventLogOptions;
  readonly #sinks: readonly EventSink[];
  #store: EventStore | undefined;
  #pending: EventRow[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  #sincePrune = 0;
  #prunedAt = -Infinity;
  #failedAt = -Infinity;
  /** Events lost since the problem began; undefined while there is none. */
  #lost: number | undefined;

  private constructor(options: EventLogOptions) {
    this.#options = options;
    this.#sinks = options.sinks ?? [];
  }

  /** Opens the log of an agent. A store that cannot be opened is a problem that is told, not an error. */
  static open(options: EventLogOptions): EventLog {
    const log = new EventLog(options);
    log.#flush();
    return log;
  }

  /**
   * Opens the log of an agent for another process, whether the agent runs or not.
   *
   * @throws {CausewayError} ERR_EVENTS_NONE when there is none yet; ERR_EVENTS_UNREADABLE when it is damaged or not ours to
   *   read.
   */
  static openForReading(file: string): StoredEvents {
    return new StoredEvents(file);
  }

  write<Id extends EventId>(id: Id, data: EventData[Id]): void {
    const event = describeEvent(id, data, this.#options.clock.now()) as LoggedEvent;
    for (const sink of this.#sinks) sink.accept(event);
    this.#pending.push(toRow(event));
    if (this.#pending.length >= BATCH && this.#lost === undefined) this.#flush();
    else this.#scheduled ??= setImmediate(() => this.#flush());
  }

  /** Events that match, those just written included; none while the store cannot be read. */
  query<Id extends EventId = EventId>(query: EventQuery<Id> = {}): EventRecord<Id>[] {
    this.#flush();
    return this.#attempt((store) => store.read(query)) ?? [];
  }

  latest<Id extends EventId>(id: Id, connector?: string): EventRecord<Id> | undefined {
    return this.query({ ids: [id], connector, limit: 1, newestFirst: true })[0];
  }

  /** Stores what is pending, whatever happened before, and closes the sinks, then the store. Nothing may be written afterwards. */
  async close(): Promise<void> {
    this.#failedAt = -Infinity;
    this.#flush();
    await Promise.all(this.#sinks.map(async (sink) => sink.close?.()));
    this.#closeStore();
  }

  #flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (!this.#isLeftAlone()) this.#attempt((store) => this.#append(store));
    const excess = this.#pending.length - MOST_PENDING;
    if (excess <= 0) return;
    this.#pending.splice(0, excess);
    this.#lost = (this.#lost ?? 0) + excess;
  }

  #append(store: EventStore): void {
    if (this.#pending.length > 0) store.append(this.#pending);
    this.#sincePrune += this.#pending.length;
    this.#pending = [];
    this.#prune(store);
    this.#recovered();
  }

  #prune(store: EventStore): void {
    const now = this.#options.clock.now();
    if (this.#sincePrune < PRUNE_EVENTS && now - this.#prunedAt < PRUNE_MS) return;
    store.prune(now, 2 * Math.max(this.#sincePrune, PRUNE_EVENTS));
    this.#sincePrune = 0;
    this.#prunedAt = now;
  }

  /** Does something with the store; tells when that begins to fail. */
  #attempt<Result>(action: (store: EventStore) => Result): Result | undefined {
    try {
      const store = this.#openStore();
      return store === undefined ? undefined : action(store);
    } catch (error) {
      if (isDamage(error)) this.#replace(error);
      else this.#failed(error);
      return undefined;
    }
  }

  #openStore(): EventStore | undefined {
    if (this.#store?.isInPlace() === true) return this.#store;
    this.#closeStore();
    const { file, limits } = this.#options;
    if (!this.#isLeftAlone()) this.#store = new EventStore(file, limits);
    return this.#store;
  }

  /** Whether the store failed a moment ago; a clock that was set back ends the moment. */
  #isLeftAlone(): boolean {
    return Math.abs(this.#options.clock.now() - this.#failedAt) < RETRY_MS;
  }

  /** Begins a new store in place of a damaged one; what is pending is stored at the next turn. */
  #replace(cause: unknown): void {
    const { file, onProblem } = this.#options;
    this.#closeStore();
    try {
      onProblem?.(damagedError(file, setAside(file), cause));
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(cause: unknown): void {
    const { file, clock, onProblem } = this.#options;
    this.#failedAt = clock.now();
    if (this.#lost !== undefined) return;
    this.#lost = 0;
    onProblem?.(unusableError(file, cause));
  }

  #recovered(): void {
    if (this.#lost === undefined) return;
    const lost = this.#lost;
    this.#lost = undefined;
    this.#options.onRecovered?.(lost);
  }

  #closeStore(): void {
    this.#store?.close();
    this.#store = undefined;
  }
}
