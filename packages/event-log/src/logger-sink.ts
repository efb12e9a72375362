import type { Logger } from '@causeway/model';
import type { EventLevel } from './catalogue.ts';
import type { EventId } from './event-data.ts';
import type { EventSink } from './event-sink.ts';
import type { LoggedEvent } from './event.ts';

const methods = { Information: 'info', Warning: 'warn', Error: 'error' } as const satisfies Record<
  EventLevel,
  keyof Logger
>;

/**
 * Events as lines of the agent's log, which is what standard error and journald show: `event` is the id, `eventName` its
 * name, then the numbers and single texts of the event's data. Lists of users are in the message.
 *
 * @param levels Levels of the log for events that have another one there than in the event log.
 */
export function loggerSink(logger: Logger, levels: Readonly<Partial<Record<EventId, keyof Logger>>> = {}): EventSink {
  return {
    accept: (event) => logger[levels[event.id] ?? methods[event.level]](fieldsOf(event), event.message),
  };
}

function fieldsOf({ id, name, connector, data }: LoggedEvent): object {
  const scalars = Object.entries(data).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return { ...Object.fromEntries(scalars), event: id, eventName: name, ...(connector === null ? {} : { connector }) };
}
