import { eventCatalogue, eventSource, type EventDefinition, type EventLevel } from './catalogue.ts';
import type { EventData, EventId } from './event-data.ts';

interface EventOf<Id extends EventId> {
  readonly id: Id;
  /** The catalogue's short name of the id. */
  readonly name: string;
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly time: number;
  readonly level: EventLevel;
  readonly source: string;
  /** Name of the connector that it is about, which for Active Directory is the forest's; null where it is about none. */
  readonly connector: string | null;
  readonly message: string;
  readonly data: EventData[Id];
}

/** An event as it happened; comparing `id` tells the type of `data`. */
export type LoggedEvent<Id extends EventId = EventId> = Id extends EventId ? EventOf<Id> : never;

/** A stored event; record numbers ascend in the order of writing and are never used twice. */
export type EventRecord<Id extends EventId = EventId> = LoggedEvent<Id> & { readonly recordNumber: number };

/** What every part of an agent writes events to. */
export interface EventWriter {
  write<Id extends EventId>(id: Id, data: EventData[Id]): void;
}

/** The event of an id with its data, as it happened at `time` (milliseconds since 1970). */
export function describeEvent<Id extends EventId>(id: Id, data: EventData[Id], time: number): EventOf<Id> {
  const { name, level, message }: EventDefinition<Id> = eventCatalogue[id];
  return {
    id,
    name,
    time,
    level: typeof level === 'function' ? level(data) : level,
    source: eventSource,
    connector: connectorOf(data),
    message: message(data),
    data,
  };
}

function connectorOf(data: object): string | null {
  if ('connector' in data && typeof data.connector === 'string') return data.connector;
  if ('forest' in data && typeof data.forest === 'string') return data.forest;
  return null;
}
