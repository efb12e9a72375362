export type KerberosErrorCode =
  /** A checksum or an integrity check is wrong: another key, or damaged on the way. */
  | 'ERR_KRB5_INTEGRITY'
  /** An encryption type that this client does not have. */
  | 'ERR_KRB5_ENCTYPE'
  /** The length of a key, or the parameters it is derived with, are not those of its encryption type. */
  | 'ERR_KRB5_KEY';

/** Kerberos failed. `message` names what failed, `nextStep` what to do; neither ever holds a secret. */
export class KerberosError<Code extends string = KerberosErrorCode> extends Error {
  /** Stable and unique. */
  readonly code: Code;
  readonly nextStep: string;

  constructor(details: { code: Code; message: string; nextStep: string; cause?: unknown }) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.nextStep = details.nextStep;
  }
}
