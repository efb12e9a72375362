/** Tells when nothing at all has come over a connection for some time. */
export class SilenceWatch {
  readonly #isReading: () => boolean;
  #lastHeard = performance.now();

  /** `isReading`: whether what comes is taken at all; while it is not, nothing can be said of the other side. */
  constructor(isReading: () => boolean) {
    this.#isReading = isReading;
  }

  /** Something has come, or is looked for again after a pause. */
  heard(): void {
    this.#lastHeard = performance.now();
  }

  /** Calls `onSilence` once after so many milliseconds without anything; 0 for never. Gives what stops it. */
  start(timeoutMs: number, onSilence: () => void): () => void {
    if (timeoutMs === 0) return () => undefined;
    const started = performance.now();
    const check = (): void => {
      const silentMs = this.#isReading() ? performance.now() - Math.max(started, this.#lastHeard) : 0;
      if (silentMs >= timeoutMs) onSilence();
      else timer = setTimeout(check, timeoutMs - silentMs);
    };
    let timer = setTimeout(check, timeoutMs);
    return () => clearTimeout(timer);
  }
}
