import { failedExpression } from '../errors.ts';
import { define, type FunctionDefinition } from './function.ts';
import { quote } from './value.ts';

/** @see Microsoft Entra Connect Sync: Functions Reference, Date / Time */
export const dateFunctions: Readonly<Record<string, FunctionDefinition>> = {
  CDate: define(['string'], { result: 'date' }, (value: string) => {
    const date = parseDate(value);
    if (date === undefined) throw failedExpression(`${quote(value)} is not a date`);
    return date;
  }),
  DateAdd: define(['string', 'count', 'date'], { result: 'date' }, dateAdd),
  DateFromNum: define(['number'], { result: 'date' }, (value: bigint) =>
    valid(new Date(Number(value / TICKS_PER_MS - EPOCH_MS))),
  ),
  FormatDateTime: define(['date', 'string'], { result: 'string' }, formatDate),
  NumFromDate: define(
    ['date'],
    { result: 'number' },
    (value: Date) => (BigInt(value.getTime()) + EPOCH_MS) * TICKS_PER_MS,
  ),
};

/** A FILETIME counts 100 ns since 1601. @see [MS-DTYP] FILETIME (2.3.3) */
const TICKS_PER_MS = 10_000n;
const EPOCH_MS = 11_644_473_600_000n;

const dateForms = [
  /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?:[T ]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?(?: ?(?<half>[AP]M))?(?: ?(?<zone>Z|[+-]\d{1,2}(?::?\d{2})?))?)?$/i,
  /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})(?: +(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?(?: ?(?<half>[AP]M))?(?: ?(?<zone>Z|[+-]\d{1,2}(?::?\d{2})?))?)?$/i,
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?:\.\d+)?(?<zone>Z)$/,
];

/** A date as `2013-01-10`, `2013-01-10 4:00 PM -8`, `12/25/2007`, ISO 8601, or the generalized time of LDAP; UTC unless it says otherwise. */
export function parseDate(text: string): Date | undefined {
  if (text.length > 64) return undefined;
  for (const form of dateForms) {
    const groups = form.exec(text.trim())?.groups;
    if (groups) return dateOf(groups);
  }
  return undefined;
}

function dateOf(groups: Readonly<Record<string, string | undefined>>): Date | undefined {
  const number = (name: string): number => Number(groups[name] ?? 0);
  const half = groups['half']?.toUpperCase();
  const hour = half === undefined ? number('hour') : (number('hour') % 12) + (half === 'PM' ? 12 : 0);
  const [month, day] = [number('month'), number('day')];
  if (hour > 23 || number('minute') > 59 || number('second') > 59) return undefined;
  const local = new Date(Date.UTC(number('year'), month - 1, day, hour, number('minute'), number('second')));
  if (local.getUTCMonth() !== month - 1 || local.getUTCDate() !== day) return undefined;
  return new Date(local.getTime() - zoneMinutes(groups['zone']) * 60_000);
}

function zoneMinutes(zone: string | undefined): number {
  const match = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(zone ?? '');
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const fixedIntervals: ReadonlyMap<string, number> = new Map(
  Object.entries({
    y: DAY,
    d: DAY,
    w: DAY,
    ww: 7 * DAY,
    h: 60 * MINUTE,
    n: MINUTE,
    s: 1000,
  }),
);
const monthIntervals: ReadonlyMap<string, number> = new Map(Object.entries({ yyyy: 12, q: 3, m: 1 }));

/** A month later than a month's last day is the last day of the next. */
function dateAdd(interval: string, count: number, date: Date): Date {
  const fixed = fixedIntervals.get(interval);
  if (fixed !== undefined) return valid(new Date(date.getTime() + fixed * count));
  const months = monthIntervals.get(interval);
  if (months === undefined)
    throw failedExpression(`"${interval.slice(0, 20)}" is no interval; these are: yyyy q m y d w ww h n s`);
  const first = new Date(date);
  first.setUTCDate(1);
  first.setUTCMonth(first.getUTCMonth() + months * count);
  valid(first);
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date.getUTCDate(), last));
  return first;
}

function formatDate(date: Date, format: string): string {
  return format.replaceAll(/'([^']*)'|y+|M+|d+|H+|m+|s+|f+|[A-SU-Ya-z]+/g, (part: string, literal?: string) => {
    if (literal !== undefined) return literal;
    const value = parts.get(part)?.(date);
    if (value === undefined)
      throw failedExpression(`"${part.slice(0, 20)}" is no part of a date; these are: yyyy yy MM dd HH mm ss fff`);
    return value;
  });
}

const parts: ReadonlyMap<string, (date: Date) => string> = new Map(
  Object.entries({
    yyyy: (date: Date) => pad(date.getUTCFullYear(), 4),
    yy: (date: Date) => pad(date.getUTCFullYear() % 100, 2),
    MM: (date: Date) => pad(date.getUTCMonth() + 1, 2),
    dd: (date: Date) => pad(date.getUTCDate(), 2),
    HH: (date: Date) => pad(date.getUTCHours(), 2),
    mm: (date: Date) => pad(date.getUTCMinutes(), 2),
    ss: (date: Date) => pad(date.getUTCSeconds(), 2),
    fff: (date: Date) => pad(date.getUTCMilliseconds(), 3),
  }),
);

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

function valid(date: Date): Date {
  if (Number.isNaN(date.getTime())) throw failedExpression('the date is out of range');
  return date;
}
