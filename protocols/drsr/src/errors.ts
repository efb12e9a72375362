import { describeStatus, type ReplicationStatus } from './status.ts';

export type DrsErrorCode =
  | 'ERR_DRSR_ACCESS_DENIED'
  | 'ERR_DRSR_BUSY'
  | 'ERR_DRSR_CURSOR'
  | 'ERR_DRSR_EPOCH'
  | 'ERR_DRSR_EXTENDED_OPERATION'
  | 'ERR_DRSR_NAME'
  | 'ERR_DRSR_NAMING_CONTEXT'
  | 'ERR_DRSR_NO_PROGRESS'
  | 'ERR_DRSR_OUT_OF_DATE'
  | 'ERR_DRSR_REFERENCE'
  | 'ERR_DRSR_REJECTED'
  | 'ERR_DRSR_REPLY'
  | 'ERR_DRSR_REPLY_VERSION'
  | 'ERR_DRSR_SECRETS_DENIED'
  | 'ERR_DRSR_SESSION'
  | 'ERR_DRSR_SOURCE_DISABLED'
  | 'ERR_DRSR_SOURCE_FAILED'
  | 'ERR_DRSR_SOURCE_TOO_OLD'
  | 'ERR_DRSR_UNREACHABLE';

interface DrsErrorDetails {
  readonly code: DrsErrorCode;
  readonly message: string;
  readonly nextStep: string;
  readonly cause?: unknown;
}

/**
 * Replication did not give what was asked for. The message names what failed, `nextStep` says what to do; neither ever
 * holds a secret, decrypted or not.
 *
 * - `ERR_DRSR_CURSOR`: the cursor is of another naming context or lacks an attribute that is asked for; read from the start.
 * - `ERR_DRSR_REPLY`: the reply breaks its format (`cause` says where), so nothing of it was used.
 * - `ERR_DRSR_REPLY_VERSION`: a kind of reply that is not understood.
 * - `ERR_DRSR_NO_PROGRESS`: the server promises more but gives nothing new.
 * - `ERR_DRSR_EXTENDED_OPERATION`: a single object was not replicated; the message has the EXOP_ERR code.
 * - `ERR_DRSR_SECRETS_DENIED`: the secrets of an object are not revealed to this account by EXOP_REPL_SECRETS.
 * - `ERR_DRSR_SOURCE_TOO_OLD`: the domain controller lacks an ability that is needed.
 * - The other codes come with a {@link DrsStatusError}.
 */
export class DrsError extends Error {
  /** Stable and unique. */
  readonly code: DrsErrorCode;
  readonly nextStep: string;

  constructor(details: DrsErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.nextStep = details.nextStep;
  }
}

/** The domain controller refused or failed the call and said so with a Windows error code. */
export class DrsStatusError extends DrsError {
  /** The Windows error code, for example 8453. */
  readonly status: number;
  /** Its name, for example `ERROR_DS_DRA_ACCESS_DENIED`; the number when the name is not known here. */
  readonly statusName: string;

  constructor(call: string, status: number) {
    const description: ReplicationStatus = describeStatus(status);
    super({
      code: description.code,
      message: `${call} was answered with ${description.name} (${status}): ${description.cause}`,
      nextStep: description.nextStep,
    });
    this.status = status;
    this.statusName = description.name;
  }
}
