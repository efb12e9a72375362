import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import type { EventId } from './event-data.ts';
import type { EventQuery } from './event-query.ts';
import { addTextComparison, createTable, readEvents, type EventRow } from './event-rows.ts';
import type { EventRecord } from './event.ts';

/** How much of the past is kept. */
export interface EventLogLimits {
  /** Days after which an event is removed. */
  readonly maxAgeDays: number;
  /** Size of all events with their indexes, MiB; the write-ahead log beside them takes up to 8 MiB more. */
  readonly maxMiB: number;
}

const DAY_MS = 86_400_000;
const MIB = 1_048_576;
/** How long a write waits for another process that is writing. */
const BUSY_MS = 500;
/** Bytes to which the write-ahead log is cut when it starts over. */
const WAL_BYTES = 4 * MIB;
/** Pages of 4 KiB that are given back to the disk at a time. */
const VACUUM_PAGES = 1024;

/**
 * The events on disk: SQLite with a write-ahead log, so that others read while the agent writes. `synchronous` is
 * NORMAL: a crash of the process loses nothing that was appended, a crash of the machine may lose the last moments but
 * never damages what is older. That is what a log needs, and it spares a flush of the disk for each batch of events.
 */
export class EventStore {
  readonly #database: Database;
  readonly #append: (rows: readonly EventRow[]) => void;
  readonly #limits: EventLogLimits;
  readonly #inode: number;
  readonly #file: string;

  /** Opens the store, or makes it with mode 0600. Throws what SQLite or the file system throws. */
  constructor(file: string, limits: EventLogLimits) {
    closeSync(openSync(file, 'a', 0o600));
    this.#file = file;
    this.#limits = limits;
    this.#database = new BetterSqlite3(file, { timeout: BUSY_MS });
    try {
      prepare(this.#database);
      this.#inode = statSync(file).ino;
      this.#append = appender(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Appends all rows in one transaction, or none. */
  append(rows: readonly EventRow[]): void {
    this.#append(rows);
  }

  /**
   * Removes up to `most` events that are too old, and up to `most` of the oldest that make the store too large. So it never
   * takes long; the rest goes the next time.
   */
  prune(now: number, most: number): void {
    const cutoff = now - this.#limits.maxAgeDays * DAY_MS;
    this.#remove('SELECT record_number FROM events WHERE time < ? ORDER BY time LIMIT ?', cutoff, most);
    const excess = Math.min(this.#countExcess(), most);
    if (excess > 0) this.#remove('SELECT record_number FROM events ORDER BY record_number LIMIT ?', excess);
    this.#database.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
  }

  read<Id extends EventId>(query: EventQuery<Id>): EventRecord<Id>[] {
    return readEvents(this.#database, query);
  }

  /** Whether the file that is open is still the one of that name. */
  isInPlace(): boolean {
    return statSync(this.#file, { throwIfNoEntry: false })?.ino === this.#inode;
  }

  close(): void {
    this.#database.close();
  }

  #remove(selection: string, ...parameters: readonly number[]): void {
    this.#database.prepare(`DELETE FROM events WHERE record_number IN (${selection})`).run(...parameters);
  }

  /** About how many events are more than the size allows, by the size of an event on average. */
  #countExcess(): number {
    const read = (name: string): number => Number(this.#database.pragma(name, { simple: true }));
    const bytes = (read('page_count') - read('freelist_count')) * read('page_size');
    const excess = 1 - (this.#limits.maxMiB * MIB) / bytes;
    return excess <= 0 ? 0 : Math.ceil(excess * this.#count());
  }

  /** Only the oldest are ever removed, so the numbers of the rest have few gaps. */
  #count(): number {
    const select = 'SELECT max(record_number) - min(record_number) + 1 FROM events';
    return Number(this.#database.prepare(select).pluck().get() ?? 0);
  }
}

function prepare(database: Database): void {
  // First, since it has no effect on a file that has content.
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma(`journal_size_limit = ${WAL_BYTES}`);
  addTextComparison(database);
  database.transaction(() => database.exec(createTable)).immediate();
}

function appender(database: Database): (rows: readonly EventRow[]) => void {
  const insert = database.prepare(
    'INSERT INTO events (time, id, name, level, source, connector, message, data) VALUES (@time, @id, @name, @level, @source, @connector, @message, @data)',
  );
  const append = database.transaction((rows: readonly EventRow[]) => {
    for (const row of rows) insert.run(row);
  });
  return (rows) => append.immediate(rows);
}

/** Whether SQLite says that the file itself is broken, and not its surroundings. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT');
}

/** Moves a damaged store out of the way, in place of one that was moved before; gives its new name. */
export function setAside(file: string): string {
  const aside = `${file}.damaged`;
  renameSync(file, aside);
  for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
  return aside;
}
