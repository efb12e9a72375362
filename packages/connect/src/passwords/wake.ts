/** Wakes whoever waits for work; a call that comes while nobody waits wakes the next one at once. */
export class Wake {
  #isDue = false;
  #waiting: (() => void) | undefined;

  notify(): void {
    this.#isDue = true;
    this.#waiting?.();
  }

  /** Resolves at the next call, or when `other` does, whichever is first; rejects when `other` rejects first. */
  async orWhen(other: Promise<void>): Promise<void> {
    const called = new Promise<void>((resolve) => {
      this.#waiting = resolve;
    });
    if (this.#isDue) this.#waiting?.();
    try {
      await Promise.race([called, other]);
    } finally {
      this.#isDue = false;
      this.#waiting = undefined;
    }
  }
}
