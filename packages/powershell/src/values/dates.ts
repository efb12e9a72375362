import { OperationError } from '../errors.ts';

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = 'January February March April May June July August September October November December'.split(' ');

/** The standard formats of .NET that are understood, in the en-US culture. */
const standardFormats: Record<string, string> = {
  d: 'M/d/yyyy',
  D: 'dddd, MMMM d, yyyy',
  f: 'dddd, MMMM d, yyyy h:mm tt',
  F: 'dddd, MMMM d, yyyy h:mm:ss tt',
  g: 'M/d/yyyy h:mm tt',
  G: 'M/d/yyyy h:mm:ss tt',
  o: "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'",
  O: "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy-MM-dd'T'HH:mm:ss",
  t: 'h:mm tt',
  T: 'h:mm:ss tt',
  u: "yyyy-MM-dd HH:mm:ss'Z'",
};

const token = /'(?<quoted>[^']*)'|\\(?<escaped>.)|y+|M+|d+|H+|h+|m+|s+|f+|t+|K|z+/gu;

/** A date as a .NET format says, standard (one letter) or custom, in UTC and the en-US culture. */
export function formatDate(date: Date, format: string): string {
  const custom = format.length === 1 ? standardFormats[format] : format;
  if (custom === undefined) {
    throw new OperationError(
      'ERR_POWERSHELL_CONVERSION',
      `'${format}' is no format of a date.`,
      "Use one like 'yyyy-MM-dd HH:mm:ss'.",
    );
  }
  return custom.replaceAll(token, (part: string, ...found: unknown[]) => {
    const groups = found.at(-1) as { quoted?: string; escaped?: string };
    return groups.quoted ?? groups.escaped ?? dateField(date, part);
  });
}

/** The date of a text in ISO 8601 or as in the United States, `5/13/2019 4:01:02 PM`; UTC when it names no offset. */
export function parseDate(text: string): Date | undefined {
  const trimmed = text.trim();
  const iso =
    /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?))?\s*(?<zone>Z|[+-]\d{2}:\d{2})?$/iu.exec(
      trimmed,
    );
  if (iso !== null) {
    const { date = '', time = '00:00', zone = 'Z' } = iso.groups ?? {};
    return validDate(`${date}T${time}${zone.toUpperCase()}`, Number(date.slice(8)), zone);
  }
  const american =
    /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})(?:\s+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?\s*(?<half>[AP]M)?)?$/iu.exec(
      trimmed,
    );
  if (american === null) return undefined;
  const { month = '', day = '', year = '', hour = '0', minute = '00', second = '00', half } = american.groups ?? {};
  if (half !== undefined && (Number(hour) < 1 || Number(hour) > 12)) return undefined;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
  return validDate(`${year}-${two(month)}-${two(day)}T${two(hours)}:${minute}:${second}Z`, Number(day), 'Z');
}

/** Month arithmetic as in .NET: the last day of a month stays within the month that is reached. */
export function addMonths(date: Date, count: number): Date {
  const result = new Date(date);
  result.setUTCDate(1);
  result.setUTCMonth(result.getUTCMonth() + count);
  const last = new Date(Date.UTC(result.getUTCFullYear(), result.getUTCMonth() + 1, 0)).getUTCDate();
  result.setUTCDate(Math.min(date.getUTCDate(), last));
  return result;
}

export function dayName(date: Date): string {
  return days[date.getUTCDay()] ?? '';
}

/** JavaScript rolls 30 February over to March; .NET refuses it. */
function validDate(text: string, day: number, zone: string): Date | undefined {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  return zone.toUpperCase() === 'Z' && date.getUTCDate() !== day ? undefined : date;
}

function two(value: string | number): string {
  return String(value).padStart(2, '0');
}

function dateField(date: Date, part: string): string {
  const length = part.length;
  const padded = (value: number) => (length === 1 ? String(value) : two(value));
  switch (part.charAt(0)) {
    case 'y':
      return length <= 2 ? two(date.getUTCFullYear() % 100) : String(date.getUTCFullYear()).padStart(length, '0');
    case 'M': {
      const name = months[date.getUTCMonth()] ?? '';
      return length >= 4 ? name : length === 3 ? name.slice(0, 3) : padded(date.getUTCMonth() + 1);
    }
    case 'd':
      return length >= 4 ? dayName(date) : length === 3 ? dayName(date).slice(0, 3) : padded(date.getUTCDate());
    case 'H':
      return padded(date.getUTCHours());
    case 'h':
      return padded(date.getUTCHours() % 12 || 12);
    case 'm':
      return padded(date.getUTCMinutes());
    case 's':
      return padded(date.getUTCSeconds());
    case 'f':
      return String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(7, '0').slice(0, length);
    case 't':
      return (date.getUTCHours() < 12 ? 'AM' : 'PM').slice(0, length);
    case 'K':
      return 'Z';
    default:
      return length >= 3 ? '+00:00' : length === 2 ? '+00' : '+0';
  }
}
