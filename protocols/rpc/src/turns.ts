/** Lets one task run at a time; further ones wait, in order. A task that fails does not hold up the next. */
export class Turns {
  /** Tasks under way or waiting, and the end of the last of them. */
  #pending = 0;
  #tail: Promise<unknown> = Promise.resolve();

  /**
   * Gives what `task` gives. With `signal` a task that still waits is dropped at once, with the error that `aborted` makes of the
   * signal's reason.
   */
  take<T>(task: () => Promise<T>, signal?: AbortSignal, aborted?: (reason: unknown) => Error): Promise<T> {
    // Run at once when nothing is under way: a caller that goes on to decode the last answer lets nobody else run.
    const before = this.#pending === 0 ? undefined : this.#tail;
    const result = before ? waitFor(before, signal, aborted).then(task) : task();
    this.#pending += 1;
    this.#tail = this.#settle(before, result);
    return result;
  }

  /** A dropped task ends before those in front of it. */
  async #settle(before: Promise<unknown> | undefined, result: Promise<unknown>): Promise<void> {
    if (before) await before;
    try {
      await result;
    } catch {
      // Whoever gave the task is told.
    }
    this.#pending -= 1;
  }
}

async function waitFor(
  turn: Promise<unknown>,
  signal: AbortSignal | undefined,
  aborted: ((reason: unknown) => Error) | undefined,
): Promise<void> {
  if (!signal || !aborted) {
    await turn;
    return;
  }
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(aborted(signal.reason));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([turn, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
