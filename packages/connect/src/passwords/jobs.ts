import type { CausewayError } from '@causeway/model';
import type { LogLine } from './password-log.ts';
import type { UserInScope } from './password-scope.ts';

/** Passwords that an administrator wants sent now. */
export interface Job {
  readonly users: readonly UserInScope[];
  /** Whether only those are sent that the tenant does not have. */
  readonly comparing: boolean;
  readonly done: (lines: readonly LogLine[]) => void;
  readonly failed: (error: unknown) => void;
}

/** The jobs of one channel, in their order. */
export class Jobs {
  #waiting: Job[] = [];
  readonly #onNew: () => void;

  constructor(onNew: () => void) {
    this.#onNew = onNew;
  }

  /** Resolves with what became of each user. @throws {CausewayError} what the channel failed with before it was done. */
  async add(users: readonly UserInScope[], comparing: boolean): Promise<readonly LogLine[]> {
    return new Promise((done, failed) => {
      this.#waiting.push({ users, comparing, done, failed });
      this.#onNew();
    });
  }

  /** The next job; undefined when there is none. */
  take(): Job | undefined {
    return this.#waiting.shift();
  }

  /** Ends all jobs that wait. */
  fail(error: CausewayError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const job of waiting) job.failed(error);
  }
}
