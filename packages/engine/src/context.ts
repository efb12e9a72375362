import type { Clock } from '@causeway/model';
import type { RuleSet } from '@causeway/sync-rules';
import type { EngineEvents, SourceConnector, TenantConnector } from './ports.ts';
import type { RunError } from './store/runs.ts';
import type { Store } from './store/store.ts';

/** What every step of the engine works with. */
export interface EngineContext {
  readonly store: Store;
  readonly rules: RuleSet;
  /** In the order in which their precedence is broken. */
  readonly sources: readonly SourceConnector[];
  readonly tenant: TenantConnector;
  readonly clock: Clock;
  readonly events: EngineEvents;
}

/** Objects in one transaction: small enough that passwords never wait for it noticeably. */
export const CHUNK_OBJECTS = 250;

/** Errors that a run keeps. */
const ERRORS_MAX = 100;

/** What a run counts while it goes on. */
export class RunReport {
  readonly counts: Record<string, number> = {};
  readonly errors: RunError[] = [];

  count(name: string, more = 1): void {
    if (more > 0) this.counts[name] = (this.counts[name] ?? 0) + more;
  }

  fail(error: RunError): void {
    this.count('errors');
    if (this.errors.length < ERRORS_MAX) this.errors.push(error);
  }
}

/** Lets everything else that is ready run: the password side, above all. */
export async function yieldTurn(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
  signal.throwIfAborted();
}
