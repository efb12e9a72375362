import type { EventLevel } from './catalogue.ts';
import type { EventId } from './event-data.ts';
import type { EventRecord } from './event.ts';

/** Which events; every condition that is named must hold. Without `newestFirst`, oldest first. */
export interface EventQuery<Id extends EventId = EventId> {
  readonly ids?: readonly Id[] | undefined;
  readonly levels?: readonly EventLevel[] | undefined;
  /** Name of a connector, its case included. */
  readonly connector?: string | undefined;
  /** Not before: milliseconds since 1970. */
  readonly since?: number | undefined;
  /** Not after: milliseconds since 1970. */
  readonly until?: number | undefined;
  /** Only records after this number. */
  readonly after?: number | undefined;
  /** What the message contains, in any case. */
  readonly text?: string | undefined;
  /** At most so many; all unless named. */
  readonly limit?: number | undefined;
  readonly newestFirst?: boolean | undefined;
}

/** An event log as it is read: by the agent itself, or by another process while the agent runs or not. */
export interface EventReader {
  query<Id extends EventId = EventId>(query?: EventQuery<Id>): EventRecord<Id>[];
  /** The newest event of an id, of one connector where it is named. */
  latest<Id extends EventId>(id: Id, connector?: string): EventRecord<Id> | undefined;
}
