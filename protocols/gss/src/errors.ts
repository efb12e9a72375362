export type SecurityErrorCode =
  /** A token breaks its format, or comes where none belongs. */
  | 'ERR_GSS_TOKEN'
  /** A message was damaged, altered, repeated or left out on the way. */
  | 'ERR_GSS_SIGNATURE'
  /** A message was to be protected after the keys had been wiped. @see RFC 2743 §1.2.1.1 GSS_S_NO_CONTEXT */
  | 'ERR_GSS_NO_CONTEXT'
  /** The other side takes none of the mechanisms that the configuration allows. */
  | 'ERR_GSS_NO_COMMON_MECHANISM'
  /** The list of mechanisms may have been altered on the way, so that a weaker one was chosen. */
  | 'ERR_GSS_DOWNGRADE'
  /** The other side ended the sign-in. */
  | 'ERR_GSS_REJECTED';

/** The error for a security context that is used after it was wiped. */
export function noContext(): SecurityError {
  return new SecurityError({
    code: 'ERR_GSS_NO_CONTEXT',
    message: 'the keys that protect the messages of this connection have been wiped: it was closed before',
    nextStep: 'Open a new connection.',
  });
}

/** A sign-in or a protected message failed. `message` names what failed, `nextStep` what to do; neither ever holds a secret. */
export class SecurityError extends Error {
  /** Stable and unique. */
  readonly code: SecurityErrorCode;
  readonly nextStep: string;

  constructor(details: { code: SecurityErrorCode; message: string; nextStep: string; cause?: unknown }) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.nextStep = details.nextStep;
  }
}
