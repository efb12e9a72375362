import type { Guid } from '@ad-protocols/wire';
import type { UpToDateEntry } from './up-to-dateness.ts';

/**
 * What is there after a cycle that was asked for with one vector and ended with another: of each domain controller's changes
 * the more. A server that is behind the one before it ends with less than was there already; what was there stays there.
 *
 * @returns the entries of `ended` in their order, and those that only `asked` has.
 * @see [MS-DRSR] UpdateUTDandPAS (4.1.10.6.16), which clients that are domain controllers apply
 */
export function mergeUpToDateVectors(
  asked: readonly UpToDateEntry[],
  ended: readonly UpToDateEntry[],
): readonly UpToDateEntry[] {
  const usns = new Map<Guid, bigint>();
  for (const { dsa, usn } of [...ended, ...asked]) {
    const known = usns.get(dsa);
    if (known === undefined || known < usn) usns.set(dsa, usn);
  }
  return [...usns].map(([dsa, usn]) => ({ dsa, usn }));
}
