import { statSync } from 'node:fs';
import { CausewayError } from '@causeway/model';
import type { EventQuery } from './event-query.ts';
import type { EventRecord } from './event.ts';
import { StoredEvents } from './stored-events.ts';

/** Events that are read at a time. */
const PAGE = 1000;

/**
 * Reads the event log of an agent in the order of writing, again and again, so that nothing that is written in between is
 * missed: also while the agent stops and starts, and when the log is replaced by a new one, which is then read from its start.
 */
export class EventTail {
  readonly #file: string;
  readonly #query: EventQuery;
  #log: StoredEvents | undefined;
  #inode: number | undefined;
  #after: number;

  /**
   * Begins with the newest events that match, as many as `newest` says, or with the first.
   *
   * @throws {CausewayError} ERR_EVENTS_NONE, ERR_EVENTS_UNREADABLE
   */
  constructor(file: string, query: Omit<EventQuery, 'after' | 'limit' | 'newestFirst'>, newest?: number) {
    this.#file = file;
    this.#query = query;
    this.#inode = inodeOf(file);
    this.#log = new StoredEvents(file);
    this.#after = newest === undefined ? 0 : before(this.#log, query, newest);
  }

  /**
   * The next events, at most 1,000; none when there are no more for now.
   *
   * @throws {CausewayError} ERR_EVENTS_UNREADABLE when the log that is being read is damaged.
   */
  next(): EventRecord[] {
    if (inodeOf(this.#file) !== this.#inode) this.#reopen();
    if (this.#log === undefined) return [];
    const newest = this.#log.query({ limit: 1, newestFirst: true })[0]?.recordNumber ?? 0;
    const events = this.#log.query({ ...this.#query, after: this.#after, limit: PAGE });
    const last = events.at(-1)?.recordNumber ?? 0;
    this.#after = events.length === PAGE ? last : Math.max(this.#after, newest, last);
    return events;
  }

  close(): void {
    this.#log?.close();
    this.#log = undefined;
  }

  /** A log that is just being made has no inode or no table yet: the next look finds it. */
  #reopen(): void {
    this.close();
    this.#inode = undefined;
    this.#after = 0;
    const inode = inodeOf(this.#file);
    if (inode === undefined) return;
    try {
      this.#log = new StoredEvents(this.#file);
      this.#inode = inode;
    } catch (error) {
      if (!(error instanceof CausewayError)) throw error;
    }
  }
}

/** The record number after which the newest events of a query begin. */
function before(log: StoredEvents, query: EventQuery, newest: number): number {
  const events = log.query({ ...query, limit: newest, newestFirst: true });
  return events.length < newest ? 0 : (events.at(-1)?.recordNumber ?? 1) - 1;
}

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}
