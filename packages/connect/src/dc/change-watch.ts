import type { Clock } from '@causeway/model';
import { readHighestUsn } from './domain-controller.ts';
import type { LdapConnection } from './ldap-connection.ts';
import { sleep } from '../agent/sleep.ts';

/** Share of its time that a DC is asked to spend on reading changes for one process, as long as the pause allows. */
const DUTY = 0.1;
/** No pause is longer, however long the last read took, for a changed password is waited for. */
const PAUSE_MAX_MS = 1_000;

/**
 * Tells when a DC may have something new, by asking for its highest committed USN over an open LDAP connection.
 *
 * That question costs a DC well under a millisecond; reading changes costs it 10 ms and more. A DC with much to do moves
 * its USN all the time though most of it concerns no user, so the pause between two reads is nine times as long as
 * the last one took, up to a second.
 */
export class ChangeWatch {
  readonly #connection: LdapConnection;
  readonly #clock: Clock;
  readonly #pollIntervalMs: number;
  readonly #safetyIntervalMs: number;

  constructor(options: { connection: LdapConnection; clock: Clock; pollIntervalMs: number; safetyIntervalMs: number }) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#pollIntervalMs = options.pollIntervalMs;
    this.#safetyIntervalMs = options.safetyIntervalMs;
  }

  /**
   * Resolves when the USN is no longer `seenUsn`, at the latest after the safety interval.
   *
   * @throws {CausewayError} ERR_CONNECT_DC_UNREACHABLE: the connection is lost.
   */
  async next(seen: { usn: bigint; readTookMs: number }, signal: AbortSignal): Promise<void> {
    const startedAt = this.#clock.now();
    const pauseMs = Math.min(seen.readTookMs * (1 / DUTY - 1), PAUSE_MAX_MS);
    await sleep(Math.max(this.#pollIntervalMs, pauseMs), signal);
    while (this.#clock.now() - startedAt < this.#safetyIntervalMs) {
      if ((await readHighestUsn(this.#connection)) !== seen.usn) return;
      await sleep(this.#pollIntervalMs, signal);
    }
  }
}
