/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = sort(values);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The smallest of the numbers that so many per cent of them do not exceed (nearest rank). */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = sort(values);
  return sorted[Math.max(Math.ceil((percent / 100) * sorted.length) - 1, 0)] ?? Number.NaN;
}

function sort(values: readonly number[]): number[] {
  return [...values].sort((left, right) => left - right);
}
