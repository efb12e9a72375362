import type { SrvRecord } from 'node:dns';

/**
 * Service records in the order to try them: by priority, and within one at random in the proportion of their weights.
 *
 * @param random A number from 0 to below 1, as `Math.random` gives it: this is no secret.
 * @see RFC 2782
 */
export function orderServiceRecords(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((left, right) => left - right);
  return priorities.flatMap((priority) =>
    byWeight(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function byWeight(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  // Those of weight 0 come first, so that they have a small chance.
  const left = [...records].sort((one, other) => Math.sign(one.weight) - Math.sign(other.weight));
  const ordered: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = Math.floor(random() * (total + 1));
    let sum = 0;
    const index = left.findIndex(({ weight }) => (sum += weight) >= chosen);
    ordered.push(...left.splice(index, 1));
  }
  return ordered;
}
