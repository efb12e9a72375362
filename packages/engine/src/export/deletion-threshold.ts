/**
 * Whether an export may begin. Deletions that an administrator has let through do not count; any more of them do, so that what
 * was allowed once is allowed for just those objects.
 *
 * | threshold | deletions that are not allowed | decision                  |
 * | --------- | ------------------------------ | ------------------------- |
 * | off       | any                            | go                        |
 * | on        | as many as its value, or fewer | go                        |
 * | on        | more                           | stop: nothing is exported |
 */
export function decideExport(facts: {
  readonly deletes: number;
  readonly allowed: number;
  readonly threshold: { readonly enabled: boolean; readonly value: number };
}): 'go' | 'stop' {
  const { deletes, allowed, threshold } = facts;
  return threshold.enabled && deletes - allowed > threshold.value ? 'stop' : 'go';
}
