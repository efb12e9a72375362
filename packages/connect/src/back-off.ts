const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait after a number of failures in a row: doubling from 0.5 s, never above 30 s, less up to a quarter by
 * chance so that many agents do not come back in step.
 */
export function backOffMs(failuresBefore: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failuresBefore, 16));
  return Math.round(full * (1 - random() / 4));
}
