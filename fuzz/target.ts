/** A decoder under fuzzing: it may refuse its input with one of these errors, and do nothing else but return. */
export interface FuzzTarget {
  /** Codes of the errors that are right answers to wrong input, or what they begin with: `ERR_WIRE_`. */
  readonly refusals: readonly string[];
  readonly decode: (input: Uint8Array) => unknown;
  /** Valid inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
}

/** Runs a decoder once; every error that is not a named refusal is a finding and is thrown on. */
export function tryOnce(target: FuzzTarget, input: Uint8Array): void {
  try {
    target.decode(input);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!target.refusals.some((refusal) => code.startsWith(refusal))) throw error;
  }
}
