export type NtlmErrorCode =
  /** The server does not offer what signing and sealing need. */
  'ERR_NTLM_TOO_WEAK';

/** The sign-in over NTLM cannot go on. `message` names what failed, `nextStep` what to do; neither ever holds a secret. */
export class NtlmError extends Error {
  /** Stable and unique. */
  readonly code: NtlmErrorCode;
  readonly nextStep: string;

  constructor(details: { code: NtlmErrorCode; message: string; nextStep: string }) {
    super(details.message);
    this.name = new.target.name;
    this.code = details.code;
    this.nextStep = details.nextStep;
  }
}
