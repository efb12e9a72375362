import type { Clock } from '@causeway/model';

/** What a check found. */
export type CheckOutcome =
  | { readonly kind: 'ok'; readonly detail: string }
  | { readonly kind: 'warning'; readonly message: string; readonly nextStep: string }
  | { readonly kind: 'failed'; readonly code?: string; readonly message: string; readonly nextStep: string }
  | { readonly kind: 'skipped'; readonly because: string };

/** What a check is about. */
export type CheckPart = 'host' | 'forest' | 'directory' | 'tenant' | 'password hash sync';

/** One question about a set-up, with a cure for every bad answer. */
export interface Check<Context> {
  /** Stable: what is asked, and of what, for example `rights.get-changes:corp.contoso.com`. */
  readonly id: string;
  readonly title: string;
  readonly part: CheckPart;
  /** Ids of checks without which this one makes no sense; of a list within, one that is good is enough. */
  readonly needs?: readonly (string | readonly string[])[];
  /** What it found; an error that is thrown with a code and a next step is a failure with these. */
  run(context: Context, signal: AbortSignal): Promise<CheckOutcome>;
}

/** A check that was run, or skipped. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly part: CheckPart;
  readonly outcome: CheckOutcome;
  /** Milliseconds that it took. */
  readonly tookMs: number;
}

export const ok = (detail: string): CheckOutcome => ({ kind: 'ok', detail });
export const warning = (message: string, nextStep: string): CheckOutcome => ({ kind: 'warning', message, nextStep });
export const failed = (message: string, nextStep: string): CheckOutcome => ({ kind: 'failed', message, nextStep });
export const skipped = (because: string): CheckOutcome => ({ kind: 'skipped', because });

/**
 * Runs checks in their order, each as far as what it needs is good, and never more than one at a time: a refused
 * account is not tried twice.
 *
 * @param run.onResult called with each result as soon as it is there.
 * @throws the reason of `signal`; whatever else goes wrong is the failure of a check.
 */
export async function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
  run: { readonly clock: Clock; readonly signal: AbortSignal; readonly onResult?: (result: CheckResult) => void },
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    run.signal.throwIfAborted();
    const startedAt = run.clock.now();
    const missing = missingNeed(check, results);
    const outcome =
      missing === undefined
        ? await check.run(context, run.signal).catch((error: unknown) => failureOf(error))
        : skipped(`this has to be good first: ${missing}`);
    run.signal.throwIfAborted();
    const { id, title, part } = check;
    const result = { id, title, part, outcome, tookMs: run.clock.now() - startedAt };
    results.push(result);
    run.onResult?.(result);
  }
  return results;
}

/** Whether any check failed, of a part if one is given. */
export function hasFailed(results: readonly CheckResult[], part?: CheckPart): boolean {
  return results.some((result) => result.outcome.kind === 'failed' && (part === undefined || result.part === part));
}

/** The title of a check that is needed and was not good; checks that are not in the list are not waited for. */
function missingNeed({ needs = [] }: Pick<Check<never>, 'needs'>, results: readonly CheckResult[]): string | undefined {
  for (const need of needs) {
    const ids = typeof need === 'string' ? [need] : need;
    const known = results.filter(({ id }) => ids.includes(id));
    if (known.length > 0 && !known.some(({ outcome }) => isGood(outcome))) return known[0]?.title;
  }
  return undefined;
}

function isGood({ kind }: CheckOutcome): boolean {
  return kind === 'ok' || kind === 'warning';
}

/** The outcome for an error, told by its own code and next step where it has them. */
export function failureOf(error: unknown): Extract<CheckOutcome, { kind: 'failed' }> {
  const message = error instanceof Error ? error.message : String(error);
  const told = (name: 'code' | 'nextStep'): string | undefined => {
    const value: unknown =
      error instanceof Error ? (error as Error & Partial<Record<typeof name, unknown>>)[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  const nextStep = told('nextStep') ?? 'report this as a defect of Causeway, with the output of this command';
  const code = told('code');
  return { kind: 'failed', message, nextStep, ...(code === undefined ? {} : { code }) };
}
