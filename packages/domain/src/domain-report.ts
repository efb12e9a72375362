import type { Outcome } from '@causeway/contract';
import { outcomeStatuses, type CausewayError, type Clock, type OutcomeStatus } from '@causeway/model';

/** How far the change feed has been applied. */
export interface Progress {
  readonly stage: string;
  /** The last change that was applied, and the last that is known of: sequences of the feed. */
  readonly done: number;
  readonly total: number;
}

/** The domain service as `causeway status` shows it. */
export interface DomainStatus {
  /** `failing` while a step is tried again and again; `failure` says which. */
  readonly state: 'starting' | 'catchingUp' | 'following' | 'failing' | 'stopped';
  /** Since when, ISO 8601. */
  readonly since: string;
  /** The last change that was applied, durably remembered. */
  readonly cursor: number;
  readonly head: number;
  readonly lastAppliedAt: string | null;
  /** What became of the changes since the start. */
  readonly outcomes: Readonly<Record<OutcomeStatus, number>>;
  readonly failure: { readonly code: string; readonly message: string; readonly nextStep: string } | null;
}

/** Keeps the status of the domain service, and tells of progress. */
export class DomainReport {
  readonly #clock: Clock;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  #status: DomainStatus;

  constructor(options: { clock: Clock; onProgress?: ((progress: Progress) => void) | undefined }) {
    this.#clock = options.clock;
    this.#onProgress = options.onProgress;
    this.#status = {
      state: 'starting',
      since: this.#now(),
      cursor: 0,
      head: 0,
      lastAppliedAt: null,
      outcomes: Object.fromEntries(outcomeStatuses.map((status) => [status, 0])) as Record<OutcomeStatus, number>,
      failure: null,
    };
  }

  get status(): DomainStatus {
    return this.#status;
  }

  /** Notes what was applied; `head` undefined when no more is known of it than before. */
  advance(step: { cursor: number; head: number | undefined; outcomes: readonly Outcome[] }): void {
    const head = Math.max(step.head ?? this.#status.head, step.cursor);
    const outcomes = { ...this.#status.outcomes };
    for (const { status } of step.outcomes) outcomes[status] += 1;
    const lastAppliedAt = step.outcomes.length > 0 ? this.#now() : this.#status.lastAppliedAt;
    this.#status = { ...this.#status, cursor: step.cursor, head, outcomes, lastAppliedAt };
    this.#enter(this.#running());
    this.#onProgress?.({ stage: 'Applying changes', done: step.cursor, total: head });
  }

  /** Notes a failure, or with undefined that it is over. */
  fail(failure: CausewayError | undefined): void {
    if (failure === undefined) {
      this.#status = { ...this.#status, failure: null };
      this.#enter(this.#running());
      return;
    }
    const { code, message, nextStep } = failure;
    this.#status = { ...this.#status, failure: { code, message, nextStep } };
    this.#enter('failing');
  }

  stop(): void {
    this.#enter('stopped');
  }

  #running(): DomainStatus['state'] {
    const { cursor, head, lastAppliedAt } = this.#status;
    if (cursor < head) return lastAppliedAt === null && cursor === 0 ? 'starting' : 'catchingUp';
    return 'following';
  }

  #enter(state: DomainStatus['state']): void {
    if (state !== this.#status.state) this.#status = { ...this.#status, state, since: this.#now() };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}
