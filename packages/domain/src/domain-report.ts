import type { Outcome } from '@causeway/contract';
import { outcomeStatuses, type CausewayError, type Clock, type OutcomeStatus } from '@causeway/model';

/** How many changes have been applied since work was found, of how many. */
export interface Progress {
  readonly stage: string;
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
  #done = 0;
  #total = 0;

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

  /** Notes where the feed is followed from, where it ends, and how many users that concerns. */
  begin(start: { cursor: number; head: number; users: number }): void {
    const { cursor, head } = start;
    this.#status = { ...this.#status, cursor, head };
    this.#total = start.users;
    this.#enter(this.#running());
  }

  /** Notes what was applied, and whether it was the last that is known of. */
  advance(step: { cursor: number; more: boolean; outcomes: readonly Outcome[] }): void {
    const head = step.more ? Math.max(this.#status.head, step.cursor) : step.cursor;
    const outcomes = { ...this.#status.outcomes };
    for (const { status } of step.outcomes) outcomes[status] += 1;
    const lastAppliedAt = step.outcomes.length > 0 ? this.#now() : this.#status.lastAppliedAt;
    this.#status = { ...this.#status, cursor: step.cursor, head, outcomes, lastAppliedAt };
    this.#enter(this.#running());
    this.#done += step.outcomes.length;
    this.#total = step.more ? Math.max(this.#total, this.#done + 1) : this.#done;
    this.#onProgress?.({ stage: 'Applying changes', done: this.#done, total: this.#total });
    if (!step.more) {
      this.#done = 0;
      this.#total = 0;
    }
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
    const { cursor, head } = this.#status;
    return cursor < head ? 'catchingUp' : 'following';
  }

  #enter(state: DomainStatus['state']): void {
    if (state !== this.#status.state) this.#status = { ...this.#status, state, since: this.#now() };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}
