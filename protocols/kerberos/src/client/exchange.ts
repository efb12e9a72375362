import type { KdcTransport } from '../transport/kdc-transport.ts';
import type { RefusedError } from './refused-error.ts';

/** What the exchanges of a client share. */
export interface ExchangeEnvironment {
  readonly transport: KdcTransport;
  /** Encryption types that the client takes, the best first. */
  readonly enctypes: readonly number[];
  /** Milliseconds since 1970 by the KDC's clock, as far as it is known. */
  readonly now: () => number;
  /** A random number of 31 bits. */
  readonly nonce: () => number;
  /** Sets the clock of {@link ExchangeEnvironment.now} by that of the KDC, once a reply has borne it out. */
  readonly setClock: (kdcTime: number) => void;
}

/** Milliseconds that the clocks may differ by: nothing protects the time in a refusal, and who is out by more has no clock. */
const CLOCK_DIFFERENCE_MAX_MS = 24 * 3_600_000;

/**
 * How far the KDC that refused for its clock is ahead of ours, in milliseconds: to be tried, and believed when a reply bears it
 * out.
 *
 * @throws {RefusedError} the refusal, when they differ by more than a day.
 */
export function clockDifference(environment: ExchangeEnvironment, refused: RefusedError): number {
  const difference = refused.serverTime - environment.now();
  if (Math.abs(difference) > CLOCK_DIFFERENCE_MAX_MS) throw refused;
  return difference;
}

/** Whole seconds and the microseconds beside them: how times travel. */
export function splitTime(unixMs: number): { readonly time: number; readonly microseconds: number } {
  const time = Math.floor(unixMs / 1000) * 1000;
  return { time, microseconds: Math.floor((unixMs - time) * 1000) };
}

/** Numbers of KRB-ERROR that an exchange can go on from. @see RFC 4120 §7.5.9 */
export const recoverableErrors = { preauthRequired: 25, skew: 37, wrongRealm: 68 } as const;
