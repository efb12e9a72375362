import { setTimeout as delay } from 'node:timers/promises';
import { CausewayError, type Logger } from '@causeway/model';
import { unexpectedError } from './errors.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/**
 * How long to wait after a number of failures in a row: doubling from 0.25 s, never above 30 s, less up to a quarter by
 * chance so that many services do not come back in step.
 */
export function backOffMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(full * (1 - random() / 4));
}

/** Makes a step again until it succeeds, for errors that pass; tells of a failure when it begins and when it is over. */
export class Retry {
  readonly #logger: Logger;
  readonly #onChange: (failure: CausewayError | undefined) => void;
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>;

  constructor(options: {
    logger: Logger;
    /** Called when a failure begins or becomes another, and with undefined when it is over. */
    onChange: (failure: CausewayError | undefined) => void;
    wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  }) {
    this.#logger = options.logger;
    this.#onChange = options.onChange;
    this.#wait = options.wait ?? waitAtMost;
  }

  /**
   * What the step gives in the end.
   *
   * @throws the step's own error when its disposition is not `retry`, and the signal's reason when that is raised.
   */
  async untilDone<T>(step: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let told: CausewayError | undefined;
    for (let failures = 1; ; failures += 1) {
      signal.throwIfAborted();
      try {
        const result = await step();
        if (told) {
          this.#onChange(undefined);
          this.#logger.info(
            { code: told.code, failures: failures - 1 },
            `it works again: ${told.message} no longer holds`,
          );
        }
        return result;
      } catch (error) {
        signal.throwIfAborted();
        const failure = error instanceof CausewayError ? error : unexpectedError(error);
        if (failure.disposition !== 'retry') throw failure;
        // The same is to be done about it, so it is no news: messages hold times and request ids.
        if (told?.code !== failure.code || told.nextStep !== failure.nextStep) this.#tell(failure);
        told = failure;
        await this.#wait(backOffMs(failures), signal);
      }
    }
  }

  #tell(failure: CausewayError): void {
    this.#onChange(failure);
    const { code, nextStep, message } = failure;
    this.#logger.warn({ code, nextStep, err: failure }, `${message}; trying again: ${nextStep}`);
  }
}

async function waitAtMost(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
