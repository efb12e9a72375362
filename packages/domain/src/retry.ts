import { setTimeout as delay } from 'node:timers/promises';
import { DirectoryError } from '@causeway/contract';
import { backOffMs, CausewayError, type Logger } from '@causeway/model';
import { unexpectedError } from './errors.ts';

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
   * @throws the step's own error when trying again cannot help, and the signal's reason when that is raised.
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
        if (!isWorthRetrying(failure)) throw failure;
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

/**
 * Whether the step may succeed later. What the directory refuses until an operator has acted there, such as an agent that it
 * does not know, is tried again: nobody should have to start this service once it is put right.
 */
function isWorthRetrying(failure: CausewayError): boolean {
  return failure.disposition === 'retry' || (failure instanceof DirectoryError && failure.disposition === 'halt');
}

async function waitAtMost(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
