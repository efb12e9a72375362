import type { PsTimeSpan } from './value.ts';

export const millisecondsOf = { day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1000 } as const;

export function timeSpan(milliseconds: number): PsTimeSpan {
  return { kind: 'timeSpan', milliseconds };
}

/** The whole parts of a time span, all with its sign. */
export function partsOf(span: PsTimeSpan): Record<'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds', number> {
  const part = (unit: number, within: number) => Math.trunc((span.milliseconds % within) / unit) + 0;
  return {
    days: Math.trunc(span.milliseconds / millisecondsOf.day) + 0,
    hours: part(millisecondsOf.hour, millisecondsOf.day),
    minutes: part(millisecondsOf.minute, millisecondsOf.hour),
    seconds: part(millisecondsOf.second, millisecondsOf.minute),
    milliseconds: part(1, millisecondsOf.second),
  };
}

/** `[-][d.]hh:mm:ss[.fffffff]`, as .NET writes a time span. */
export function formatTimeSpan(span: PsTimeSpan): string {
  const { days, hours, minutes, seconds, milliseconds } = partsOf({
    ...span,
    milliseconds: Math.abs(span.milliseconds),
  });
  const fraction = milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0')}0000`;
  const sign = span.milliseconds < 0 ? '-' : '';
  return `${sign}${days === 0 ? '' : `${days}.`}${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}`;
}

/** The time span of a text: `d`, `hh:mm`, `[d.]hh:mm:ss[.fffffff]`. */
export function parseTimeSpan(text: string): PsTimeSpan | undefined {
  const found =
    /^(?<sign>-?)(?:(?<days>\d{1,8})|(?:(?<d>\d{1,8})\.)?(?<h>\d{1,2}):(?<m>\d{1,2})(?::(?<s>\d{1,2})(?:\.(?<f>\d{1,7}))?)?)$/u.exec(
      text.trim(),
    );
  if (found === null) return undefined;
  const { sign, days, d = '0', h = '0', m = '0', s = '0', f = '0' } = found.groups ?? {};
  if (Number(h) > 23 || Number(m) > 59 || Number(s) > 59) return undefined;
  const clock =
    Number(h) * millisecondsOf.hour +
    Number(m) * millisecondsOf.minute +
    Number(s) * millisecondsOf.second +
    Number(`0.${f}`) * 1000;
  const total = Number(days ?? d) * millisecondsOf.day + Math.trunc(clock);
  return timeSpan(sign === '-' ? -total : total);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
