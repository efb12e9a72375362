/** The bytes ended before the structure did. */
export class TruncatedError extends Error {
  readonly code = 'ERR_WIRE_TRUNCATED';
  /** What was being read, for example `DSNAME`. */
  readonly structure: string;
  /** Offset in bytes at which more was needed. */
  readonly offset: number;

  constructor(details: { structure: string; offset: number; needed: number; available: number }) {
    const { structure, offset, needed, available } = details;
    super(`${structure} is cut short: ${needed} bytes needed at offset ${offset}, ${available} there`);
    this.name = 'TruncatedError';
    this.structure = structure;
    this.offset = offset;
  }
}

/** The bytes are all there but break a rule of their format. */
export class MalformedError extends Error {
  readonly code = 'ERR_WIRE_MALFORMED';
  /** What was being read, for example `DSNAME`. */
  readonly structure: string;
  /** Offset in bytes of the field that breaks the rule. */
  readonly offset: number;

  constructor(details: { structure: string; offset: number; problem: string }) {
    super(`${details.structure} is malformed at offset ${details.offset}: ${details.problem}`);
    this.name = 'MalformedError';
    this.structure = details.structure;
    this.offset = details.offset;
  }
}

/** Whether a decoder could not make anything of its bytes; what else is thrown is another matter. */
export function isWireError(error: unknown): error is TruncatedError | MalformedError {
  return error instanceof TruncatedError || error instanceof MalformedError;
}
