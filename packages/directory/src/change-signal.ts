import { DirectoryError } from '@causeway/contract';

/** A place in the queue of those who wait for a change of one tenant. */
export interface ChangeWait {
  /** Resolves at the first change since the wait was made, when the time is over, or when the wait is cancelled. */
  until(timeoutMs: number): Promise<void>;
  /** Leaves the queue; always to be called. */
  readonly cancel: () => void;
}

/**
 * Wakes those who wait for a change, in this process, without asking the database again and again.
 *
 * Make the wait first and read the feed then, so that no change falls in between.
 */
export class ChangeSignal {
  readonly #waits = new Map<string, Set<() => void>>();
  readonly #waitsMax: number;
  #count = 0;
  #stopped = false;

  constructor(options: { waitsMax: number }) {
    this.#waitsMax = options.waitsMax;
  }

  /** How many wait now. */
  get count(): number {
    return this.#count;
  }

  /** Tells everyone who waits for this tenant that there is a change. */
  notify(tenant: string): void {
    for (const wake of this.#waits.get(tenant) ?? []) wake();
  }

  /** Wakes everyone, and lets nobody wait any more. */
  stop(): void {
    this.#stopped = true;
    for (const tenant of this.#waits.keys()) this.notify(tenant);
  }

  /** @throws {DirectoryError} `unavailable`: too many wait already. */
  wait(tenant: string): ChangeWait {
    if (this.#count >= this.#waitsMax) {
      throw new DirectoryError('unavailable', {
        message: `The directory already has ${this.#waitsMax} requests that wait for changes.`,
        nextStep: 'See that each managed domain runs one domain service; it tries again by itself.',
      });
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    if (this.#stopped) resolve();
    const queue = this.#waits.get(tenant) ?? new Set();
    this.#waits.set(tenant, queue.add(resolve));
    this.#count += 1;
    return {
      async until(timeoutMs) {
        const timer = setTimeout(resolve, timeoutMs);
        await promise;
        clearTimeout(timer);
      },
      cancel: () => {
        resolve();
        if (!queue.delete(resolve)) return;
        this.#count -= 1;
        if (queue.size === 0) this.#waits.delete(tenant);
      },
    };
  }
}
