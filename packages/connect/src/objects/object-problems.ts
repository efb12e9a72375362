import type { RunRecord } from '@causeway/engine';

/** An object that could not be synchronized. */
export type ObjectProblem = RunRecord['errors'][number];

/**
 * The problems of a cycle's runs, and those of them that the cycle before did not have: the others have been told already. What
 * the tenant refuses is sent again, and refused again, by each export.
 */
export function problemsOf(
  runs: readonly Pick<RunRecord, 'errors'>[],
  before: ReadonlySet<string>,
): { readonly all: ReadonlySet<string>; readonly fresh: readonly ObjectProblem[] } {
  const all = new Map(
    runs.flatMap(({ errors }) => errors.map((error) => [`${error.dn}: ${error.code}`, error] as const)),
  );
  const fresh = [...all].flatMap(([key, problem]) => (before.has(key) ? [] : [problem]));
  return { all: new Set(all.keys()), fresh };
}
