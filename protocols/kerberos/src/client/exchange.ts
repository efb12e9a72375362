import type { KdcTransport } from '../transport/kdc-transport.ts';

/** What the exchanges of a client share. */
export interface ExchangeEnvironment {
  readonly transport: KdcTransport;
  /** Encryption types that the client takes, the best first. */
  readonly enctypes: readonly number[];
  /** Milliseconds since 1970 by the KDC's clock, as far as it is known. */
  readonly now: () => number;
  /** A random number of 31 bits. */
  readonly nonce: () => number;
  /** Sets the clock of {@link ExchangeEnvironment.now} by that of the KDC. */
  readonly setClock: (kdcTime: number) => void;
}

/** Whole seconds and the microseconds beside them: how times travel. */
export function splitTime(unixMs: number): { readonly time: number; readonly microseconds: number } {
  const time = Math.floor(unixMs / 1000) * 1000;
  return { time, microseconds: Math.floor((unixMs - time) * 1000) };
}

/** Numbers of KRB-ERROR that an exchange can go on from. @see RFC 4120 §7.5.9 */
export const recoverableErrors = { preauthFailed: 24, preauthRequired: 25, skew: 37, wrongRealm: 68 } as const;
