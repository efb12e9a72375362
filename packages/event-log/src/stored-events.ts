import { existsSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { noEventLogError, unreadableEventLogError } from './errors.ts';
import type { EventId } from './event-data.ts';
import type { EventQuery, EventReader } from './event-query.ts';
import { addTextComparison, readEvents } from './event-rows.ts';
import type { EventRecord } from './event.ts';

/** How long a read waits while an agent that was killed is being recovered from. */
const BUSY_MS = 2000;

/** The event log of an agent as another process reads it, whether the agent runs or not. */
export class StoredEvents implements EventReader {
  readonly #file: string;
  readonly #database: Database;

  /**
   * @throws {CausewayError} ERR_EVENTS_NONE when there is none yet; ERR_EVENTS_UNREADABLE when it is damaged or not ours to
   *   read.
   */
  constructor(file: string) {
    if (!existsSync(file)) throw noEventLogError(file);
    this.#file = file;
    this.#database = this.#attempt(() => new BetterSqlite3(file, { readonly: true, timeout: BUSY_MS }));
    try {
      this.#attempt(() => addTextComparison(this.#database));
      if (!this.#attempt(() => hasTable(this.#database))) throw noEventLogError(file);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** @throws {CausewayError} ERR_EVENTS_UNREADABLE */
  query<Id extends EventId = EventId>(query: EventQuery<Id> = {}): EventRecord<Id>[] {
    return this.#attempt(() => readEvents(this.#database, query));
  }

  /** @throws {CausewayError} ERR_EVENTS_UNREADABLE */
  latest<Id extends EventId>(id: Id, connector?: string): EventRecord<Id> | undefined {
    return this.query({ ids: [id], connector, limit: 1, newestFirst: true })[0];
  }

  close(): void {
    this.#database.close();
  }

  #attempt<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw unreadableEventLogError(this.#file, error);
    }
  }
}

function hasTable(database: Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'events'").get() !== undefined;
}
