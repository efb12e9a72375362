import { OperationError } from '../errors.ts';
import { arithmetic } from '../operators/arithmetic.ts';
import { toNumber } from '../values/convert.ts';
import { addMonths, dayName, formatDate } from '../values/dates.ts';
import { textOf } from '../values/text.ts';
import { millisecondsOf, partsOf, timeSpan } from '../values/time-spans.ts';
import type { PsProperty, PsTimeSpan, PsValue } from '../values/value.ts';
import { methodTable } from './method-table.ts';

const startOfYear = (date: Date) => Date.UTC(date.getUTCFullYear(), 0, 1);
const dateFrom = (milliseconds: number): Date => {
  const date = new Date(milliseconds);
  if (!Number.isNaN(date.getTime())) return date;
  throw new OperationError('ERR_POWERSHELL_OPERATION', 'The result is no date.', 'Add or subtract less.');
};
const later = (unit: number) =>
  [1, (date: Date, [count = null]: readonly PsValue[]) => dateFrom(date.getTime() + toNumber(count) * unit)] as const;

/** The properties of a date; it is in UTC. */
export function dateProperties(date: Date): PsProperty[] {
  const midnight = Math.floor(date.getTime() / millisecondsOf.day) * millisecondsOf.day;
  return readOnly({
    Date: () => new Date(midnight),
    Day: () => date.getUTCDate(),
    DayOfWeek: () => dayName(date),
    DayOfYear: () => (midnight - startOfYear(date)) / millisecondsOf.day + 1,
    Hour: () => date.getUTCHours(),
    Kind: () => 'Utc',
    Millisecond: () => date.getUTCMilliseconds(),
    Minute: () => date.getUTCMinutes(),
    Month: () => date.getUTCMonth() + 1,
    Second: () => date.getUTCSeconds(),
    TimeOfDay: () => timeSpan(date.getTime() - midnight),
    Year: () => date.getUTCFullYear(),
  });
}

export const dateMethods = methodTable<Date>({
  Add: [1, (date, [span = null]) => arithmetic('+', date, span)],
  AddDays: later(millisecondsOf.day),
  AddHours: later(millisecondsOf.hour),
  AddMilliseconds: later(1),
  AddMinutes: later(millisecondsOf.minute),
  AddMonths: [1, (date, [count = null]) => dateFrom(addMonths(date, toNumber(count)).getTime())],
  AddSeconds: later(millisecondsOf.second),
  AddYears: [1, (date, [count = null]) => dateFrom(addMonths(date, toNumber(count) * 12).getTime())],
  Subtract: [1, (date, [value = null]) => arithmetic('-', date, value)],
  ToLocalTime: [0, (date) => date],
  ToString: [[0, 1], (date, [format = 'G']) => formatDate(date, textOf(format))],
  ToUniversalTime: [0, (date) => date],
});

export function timeSpanProperties(span: PsTimeSpan): PsProperty[] {
  const parts = partsOf(span);
  const total = (unit: number) => () => span.milliseconds / unit;
  return readOnly({
    Days: () => parts.days,
    Hours: () => parts.hours,
    Minutes: () => parts.minutes,
    Seconds: () => parts.seconds,
    Milliseconds: () => parts.milliseconds,
    TotalDays: total(millisecondsOf.day),
    TotalHours: total(millisecondsOf.hour),
    TotalMinutes: total(millisecondsOf.minute),
    TotalSeconds: total(millisecondsOf.second),
    TotalMilliseconds: total(1),
  });
}

export const timeSpanMethods = methodTable<PsTimeSpan>({
  Add: [1, (span, [other = null]) => arithmetic('+', span, other)],
  Subtract: [1, (span, [other = null]) => arithmetic('-', span, other)],
});

function readOnly(getters: Record<string, () => PsValue>): PsProperty[] {
  return Object.entries(getters).map(([name, get]) => ({ name, get }));
}
