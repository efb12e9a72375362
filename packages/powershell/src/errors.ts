/** Why a text was refused before anything in it ran. */
export type RefusalCode =
  | 'ERR_POWERSHELL_SYNTAX'
  | 'ERR_POWERSHELL_INCOMPLETE'
  | 'ERR_POWERSHELL_UNSUPPORTED'
  | 'ERR_POWERSHELL_TOO_LARGE'
  | 'ERR_POWERSHELL_UNKNOWN_COMMAND'
  | 'ERR_POWERSHELL_UNKNOWN_TYPE'
  | 'ERR_POWERSHELL_UNKNOWN_MODULE'
  | 'ERR_POWERSHELL_ARGUMENT';

/**
 * A text that is not run: it is no PowerShell, it is outside the subset, or it names what does not exist.
 * `line` and `column` count from 1; nothing of the text has been executed.
 */
export class PowerShellError extends Error {
  readonly code: RefusalCode;
  readonly line: number;
  readonly column: number;
  readonly nextStep: string;

  constructor(details: { code: RefusalCode; line: number; column: number; message: string; nextStep: string }) {
    super(details.message);
    this.name = 'PowerShellError';
    this.code = details.code;
    this.line = details.line;
    this.column = details.column;
    this.nextStep = details.nextStep;
  }
}

/** What can fail while a script runs. */
export type OperationCode =
  | 'ERR_POWERSHELL_ARGUMENT'
  | 'ERR_POWERSHELL_CANCELLED'
  | 'ERR_POWERSHELL_CONVERSION'
  | 'ERR_POWERSHELL_DUPLICATE_KEY'
  | 'ERR_POWERSHELL_HOST'
  | 'ERR_POWERSHELL_LIMIT'
  | 'ERR_POWERSHELL_MEMBER'
  | 'ERR_POWERSHELL_NULL'
  | 'ERR_POWERSHELL_OPERATION'
  | 'ERR_POWERSHELL_READ_ONLY'
  | 'ERR_POWERSHELL_THROWN'
  | 'ERR_POWERSHELL_UNKNOWN_COMMAND'
  | 'ERR_POWERSHELL_WRITTEN';

/** A step of a running script that failed. The evaluator adds the place; `catch` sees it as an error record. */
export class OperationError extends Error {
  readonly code: OperationCode;
  readonly nextStep: string;

  constructor(code: OperationCode, message: string, nextStep: string) {
    super(message);
    this.name = 'OperationError';
    this.code = code;
    this.nextStep = nextStep;
  }
}
