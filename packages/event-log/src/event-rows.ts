import type { Database } from 'better-sqlite3';
import type { EventLevel } from './catalogue.ts';
import type { EventId } from './event-data.ts';
import type { EventQuery } from './event-query.ts';
import type { EventRecord, LoggedEvent } from './event.ts';

/** The one table, as its columns are read and written. */
export interface EventRow {
  readonly time: number;
  readonly id: number;
  readonly name: string;
  readonly level: string;
  readonly source: string;
  readonly connector: string | null;
  readonly message: string;
  /** JSON. */
  readonly data: string;
}

/** `AUTOINCREMENT`, so that no record number is used twice, not even after the newest record was removed. */
export const createTable = `
  CREATE TABLE IF NOT EXISTS events (
    record_number INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    source TEXT NOT NULL,
    connector TEXT,
    message TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_id ON events (id);
  CREATE INDEX IF NOT EXISTS events_time ON events (time);
`;

export function toRow(event: LoggedEvent): EventRow {
  return { ...event, data: JSON.stringify(event.data) };
}

/** Reads the events that match. Text is compared in lower case by JavaScript, for SQLite folds ASCII only. */
export function readEvents<Id extends EventId>(database: Database, query: EventQuery<Id>): EventRecord<Id>[] {
  const { sql, parameters } = selectEvents(query);
  const rows = database.prepare<unknown[], EventRow & { recordNumber: number }>(sql).all(...parameters);
  return rows.map((row) => toRecord<Id>(row));
}

/** Gives the SQL of {@link readEvents} its text comparison. */
export function addTextComparison(database: Database): void {
  database.function('contains_folded', { deterministic: true }, (message, folded) =>
    String(message).toLowerCase().includes(String(folded)) ? 1 : 0,
  );
}

function toRecord<Id extends EventId>(row: EventRow & { recordNumber: number }): EventRecord<Id> {
  const data: unknown = JSON.parse(row.data);
  return { ...row, level: row.level as EventLevel, data } as unknown as EventRecord<Id>;
}

/** The statement of a query with its parameters in order. */
export function selectEvents(query: EventQuery): { sql: string; parameters: unknown[] } {
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  const add = (condition: string, ...values: readonly unknown[]): void => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (query.ids !== undefined) add(`id IN (${placeholders(query.ids)})`, ...query.ids);
  if (query.levels !== undefined) add(`level IN (${placeholders(query.levels)})`, ...query.levels);
  if (query.connector !== undefined) add('connector = ?', query.connector);
  if (query.since !== undefined) add('time >= ?', query.since);
  if (query.until !== undefined) add('time <= ?', query.until);
  if (query.after !== undefined) add('record_number > ?', query.after);
  if (query.text !== undefined) add('contains_folded(message, ?)', query.text.toLowerCase());
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const order = ` ORDER BY record_number ${query.newestFirst === true ? 'DESC' : 'ASC'}`;
  const limit = query.limit === undefined ? '' : ' LIMIT ?';
  if (query.limit !== undefined) parameters.push(query.limit);
  const columns = 'record_number AS recordNumber, time, id, name, level, source, connector, message, data';
  return { sql: `SELECT ${columns} FROM events${where}${order}${limit}`, parameters };
}

function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}
