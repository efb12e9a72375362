import type { Clock } from '@causeway/model';
import { sleep } from '../agent/sleep.ts';
import { readHighestUsn } from './domain-controller.ts';
import type { LdapConnection } from './ldap-connection.ts';

/** Share of its time that a DC is asked to spend on reading changes for one process, as long as the pause allows. */
const DUTY = 0.1;
/** No pause is longer, however long the last read took, for a changed password is waited for. */
const PAUSE_MAX_MS = 1_000;

/** Something that happens each time a DC says that an object has changed. It ends with an error, or when it is closed. */
export type ChangeNotices = AsyncIterable<unknown> & { close(): void };

/**
 * Tells when a DC may have something new: by the DC's own word where it gives notice of changes, and by asking for its highest
 * committed USN over an open LDAP connection, which misses nothing.
 *
 * That question costs a DC well under a millisecond; reading changes costs it 10 ms and more. A DC with much to do moves
 * its USN all the time though most of it concerns no user, so the pause between two reads is nine times as long as
 * the last one took, up to a second.
 */
export class ChangeWatch {
  readonly #connection: Pick<LdapConnection, 'read' | 'host'>;
  readonly #clock: Clock;
  readonly #pollIntervalMs: number;
  readonly #safetyIntervalMs: number;
  readonly #notices: ChangeNotices | undefined;
  #wake = (): void => undefined;

  /** Takes over `notices`; without them the DC is asked alone. */
  constructor(options: {
    connection: Pick<LdapConnection, 'read' | 'host'>;
    clock: Clock;
    pollIntervalMs: number;
    safetyIntervalMs: number;
    notices?: ChangeNotices | undefined;
  }) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#pollIntervalMs = options.pollIntervalMs;
    this.#safetyIntervalMs = options.safetyIntervalMs;
    this.#notices = options.notices;
    if (this.#notices !== undefined) void this.#listen(this.#notices);
  }

  /**
   * Resolves when the USN is no longer `seenUsn`, at the latest after the safety interval.
   *
   * @throws {CausewayError} ERR_CONNECT_DC_UNREACHABLE: the connection is lost.
   */
  async next(seen: { usn: bigint; readTookMs: number }, signal: AbortSignal): Promise<void> {
    const startedAt = this.#clock.now();
    const pauseMs = Math.min(seen.readTookMs * (1 / DUTY - 1), PAUSE_MAX_MS);
    // A notice never shortens the pause that spares the DC.
    if (pauseMs > this.#pollIntervalMs) await sleep(pauseMs, signal);
    else await this.#rest(signal);
    while (this.#clock.now() - startedAt < this.#safetyIntervalMs) {
      if ((await readHighestUsn(this.#connection)) !== seen.usn) return;
      await this.#rest(signal);
    }
  }

  close(): void {
    this.#notices?.close();
  }

  /** Waits until it is time to ask again, or until the DC gives notice. */
  async #rest(signal: AbortSignal): Promise<void> {
    const rested = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    try {
      const polled = sleep(this.#pollIntervalMs, AbortSignal.any([signal, rested.signal]));
      await Promise.race([promise, polled.catch(() => undefined)]);
      signal.throwIfAborted();
    } finally {
      rested.abort();
    }
  }

  /** When the notices end for whatever reason, the questions go on. */
  async #listen(notices: ChangeNotices): Promise<void> {
    try {
      for await (const _ of notices) this.#wake();
    } catch {
      notices.close();
    }
  }
}
