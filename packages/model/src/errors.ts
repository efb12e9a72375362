/**
 * What happens after an error, fixed where the error is made:
 * `retry` the same step after a back-off, `resync` from the start, or `halt` until an operator has acted.
 */
export type Disposition = 'retry' | 'resync' | 'halt';

/**
 * An operational error that an administrator reads: `message` names the thing that failed, `nextStep` says what to do.
 * Neither ever holds a password, a hash or a key.
 */
export class CausewayError extends Error {
  /** Stable and unique, for example `ERR_CONNECT_ACCESS_DENIED`. */
  readonly code: string;
  readonly nextStep: string;
  readonly disposition: Disposition;

  constructor(details: { code: string; message: string; nextStep: string; disposition: Disposition; cause?: unknown }) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CausewayError';
    this.code = details.code;
    this.nextStep = details.nextStep;
    this.disposition = details.disposition;
  }
}
