import { InvalidArgumentError } from 'commander';

/** A count on the command line. */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Not a count.');
  return Number(text);
}

const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** A time on the command line, such as `90s`, `45m`, `2h` or `7d`: seconds. */
export function parseSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined)
    throw new InvalidArgumentError('Not a time such as 90s, 45m, 2h or 7d.');
  return Number(count) * secondsOf[unit as keyof typeof secondsOf];
}

/** `on` or `off` on the command line. */
export function parseSwitch(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('Say on or off.');
  return text === 'on';
}
