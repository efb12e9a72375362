const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/**
 * How long to wait after a number of failures in a row, from 1: doubling from 0.25 s, never above 30 s, less up to a
 * quarter by chance so that many services do not come back in step.
 */
export function backOffMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(full * (1 - random() / 4));
}
