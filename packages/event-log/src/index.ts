export {
  eventCatalogue,
  eventIds,
  eventLevels,
  eventSource,
  type EventDefinition,
  type EventLevel,
} from './catalogue.ts';
export { eventLogConfigSchema, type EventLogConfig, type SyslogConfig } from './config.ts';
export type { EventData, EventId, RequestedUser, ResultOfUser } from './event-data.ts';
export { EventLog, type EventLogOptions } from './event-log.ts';
export type { EventQuery, EventReader } from './event-query.ts';
export type { EventSink } from './event-sink.ts';
export type { EventLogLimits } from './event-store.ts';
export { EventTail } from './event-tail.ts';
export type { EventRecord, EventWriter, LoggedEvent } from './event.ts';
export { loggerSink } from './logger-sink.ts';
export type { StoredEvents } from './stored-events.ts';
export { syslogFacilities, type SyslogFacility } from './syslog-message.ts';
export { SyslogSink, type SyslogSinkOptions } from './syslog-sink.ts';
