import type { EventLevel } from './catalogue.ts';
import type { LoggedEvent } from './event.ts';

/** The facilities of RFC 5424, section 6.2.1, in the order of their numbers, by their usual names. */
export const syslogFacilities = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const;

/** One of {@link syslogFacilities}. */
export type SyslogFacility = (typeof syslogFacilities)[number];

/** Who a message comes from. */
export interface SyslogOrigin {
  readonly facility: SyslogFacility;
  readonly hostname: string;
  readonly processId: number;
}

const severities: Record<EventLevel, number> = { Error: 3, Warning: 4, Information: 6 };
/** The number that RFC 5612 gives to whoever has none of their own. */
const STRUCTURED_DATA_ID = 'causeway@32473';
const HOSTNAME_LENGTH = 255;

/**
 * An event as a message of syslog: RFC 5424, section 6, in UTF-8. MSGID is the event's id; the structured data hold id,
 * name and level, and connector, domain and user where there are such; the message follows a byte order mark. A line
 * break in it becomes `; `, for many receivers end a message there.
 */
export function formatSyslogMessage(event: LoggedEvent, origin: SyslogOrigin): string {
  const priority = syslogFacilities.indexOf(origin.facility) * 8 + severities[event.level];
  const header = [
    `<${priority}>1`,
    new Date(event.time).toISOString(),
    headerText(origin.hostname),
    'causeway',
    origin.processId,
    event.id,
  ];
  return `${header.join(' ')} ${structuredData(event)} \uFEFF${messageText(event.message)}`;
}

/** What a header field may hold: printable ASCII without spaces, section 6.2.4; `-` where nothing is left. */
function headerText(text: string): string {
  const printable = text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, HOSTNAME_LENGTH);
  return printable === '' ? '-' : printable;
}

function structuredData(event: LoggedEvent): string {
  const parameters: [string, string | number | null | undefined][] = [
    ['event', event.id],
    ['name', event.name],
    ['level', event.level],
    ['connector', event.connector],
    ['domain', 'domain' in event.data ? event.data.domain : undefined],
    ['dn', 'dn' in event.data ? event.data.dn : undefined],
  ];
  const elements = parameters.flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [` ${name}="${escapeValue(String(value))}"`],
  );
  return `[${STRUCTURED_DATA_ID}${elements.join('')}]`;
}

/** Section 6.3.3: quotation mark, backslash and closing bracket are escaped. */
function escapeValue(text: string): string {
  return withoutControls(text).replaceAll(/["\\\]]/g, String.raw`\$&`);
}

function messageText(text: string): string {
  return withoutControls(text.replaceAll(/\r?\n/g, '; '));
}

function withoutControls(text: string): string {
  return text.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ');
}
