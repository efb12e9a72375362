import {
  createSession,
  type Cmdlet,
  type Outcome,
  type Session,
  type SessionOptions,
  type TypeSpec,
} from '../src/index.ts';

/** What a script has printed, and how it ended. */
export interface Result extends Outcome {
  readonly out: string;
  readonly error: string;
}

export interface Harness {
  readonly session: Session;
  run(text: string, options?: Parameters<Session['run']>[1]): Promise<Result>;
}

/** The time of every test: a Monday. */
export const now = Date.UTC(2019, 4, 13, 16, 1, 2);

/** A session that prints into texts. */
export function harness(
  options: Partial<Omit<SessionOptions, 'cmdlets' | 'types'>> & {
    cmdlets?: readonly Cmdlet[];
    types?: readonly TypeSpec[];
  } = {},
): Harness {
  let out = '';
  let error = '';
  const session = createSession({
    cmdlets: [],
    types: [],
    modules: ['adsync'],
    out: { write: (text) => (out += text) },
    error: { write: (text) => (error += text) },
    width: 80,
    clock: { now: () => now },
    newGuid: () => '12345678-1234-4234-8234-123456789abc',
    sleep: () => Promise.resolve(),
    ...options,
  });
  return {
    session,
    run: async (text, runOptions) => {
      out = '';
      error = '';
      const outcome = await session.run(text, runOptions);
      return { ...outcome, out, error };
    },
  };
}

/** What a script prints in a session of its own; its errors follow. */
export async function printed(text: string): Promise<string> {
  const { out, error } = await harness().run(text);
  return out + error;
}
