import type { LdapEntry } from './entry.ts';

/** What stops and goes on reading from the connection. */
interface Tap {
  pause(): void;
  resume(): void;
}

/**
 * Entries of one answer in portions, while they arrive: a server that sends 100,000 objects in one answer waits as long as the
 * caller does, and never more than two portions are held.
 *
 * While a portion is being looked at the connection may rest, so nothing else can be asked over it meanwhile.
 */
export class ArrivingEntries {
  readonly #tap: Tap;
  readonly #size: number;
  #held: LdapEntry[] = [];
  #paused = false;
  #isWanted = true;
  #wake = (): void => undefined;

  constructor(tap: Tap, size: number) {
    this.#tap = tap;
    this.#size = size;
  }

  add(entry: LdapEntry): void {
    if (!this.#isWanted) return;
    this.#held.push(entry);
    if (this.#held.length < this.#size) return;
    this.#wake();
    if (this.#held.length < this.#size * 2 || this.#paused) return;
    this.#paused = true;
    this.#tap.pause();
  }

  /** Full portions until `end` settles; what is left then is in {@link takeRest}. Rejects as `end` does. */
  async *portions(end: Promise<unknown>): AsyncGenerator<LdapEntry[], void> {
    const state = { over: false };
    const over = end.then(
      () => void (state.over = true),
      () => void (state.over = true),
    );
    try {
      while (!state.over || this.#held.length >= this.#size) {
        if (this.#held.length >= this.#size) {
          yield this.#held.splice(0, this.#size);
          this.#resume();
          continue;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await Promise.race([promise, over]);
      }
      await end;
    } finally {
      // When the caller has enough, what still comes is dropped.
      this.#isWanted = state.over;
      this.#resume();
    }
  }

  takeRest(): LdapEntry[] {
    return this.#held.splice(0);
  }

  #resume(): void {
    if (!this.#paused || (this.#isWanted && this.#held.length >= this.#size)) return;
    this.#paused = false;
    this.#tap.resume();
  }
}
