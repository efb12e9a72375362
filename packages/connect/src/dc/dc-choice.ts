import { CausewayError, type Logger } from '@causeway/model';

/** Failures of one DC, which another DC of the domain need not have: the same code on each would be chance. */
const CODES_OF_ONE_DC = /^ERR_CONNECT_(DC_|DAMAGED_REPLY$|REPLICATION$)/;

/**
 * Which of a domain's DCs is used: one at a time, and the same one as long as it works, because every other one has to go through
 * all of its objects to find what is new.
 *
 * A refused account is never tried on the next DC: it would only count once more towards its lock-out.
 */
export class DcChoice {
  /** The one in use first, then the others in the order in which they are tried. */
  #hosts: readonly string[];
  readonly #logger: Logger;

  constructor(hosts: readonly string[], logger: Logger) {
    this.#hosts = hosts;
    this.#logger = logger;
  }

  /**
   * What `open` gives for the first DC with which it succeeds.
   *
   * @throws the first DC's error when none works, or whatever is not one DC's own failure.
   */
  async open<T>(open: (host: string) => Promise<T>): Promise<T> {
    let first: unknown;
    for (const host of this.#hosts) {
      try {
        const opened = await open(host);
        this.#use(host);
        return opened;
      } catch (error) {
        if (!isOfOneDc(error)) throw error;
        first ??= error;
        const { code, message } = error;
        if (host !== this.#hosts.at(-1)) this.#logger.warn({ code }, `${message}: trying the next domain controller`);
      }
    }
    throw first;
  }

  /** To be told of every failure after {@link DcChoice.open}: that of the DC in use puts it behind the others. */
  noteFailure(failure: unknown): void {
    const [present, ...others] = this.#hosts;
    if (present !== undefined && isOfOneDc(failure)) this.#hosts = [...others, present];
  }

  #use(host: string): void {
    const index = this.#hosts.indexOf(host);
    this.#hosts = [...this.#hosts.slice(index), ...this.#hosts.slice(0, index)];
  }
}

function isOfOneDc(error: unknown): error is CausewayError {
  return error instanceof CausewayError && CODES_OF_ONE_DC.test(error.code);
}
