import { CausewayError } from '@causeway/model';
import type { SecretPurpose } from './secret-envelope.ts';

/** How a purpose is called, which code its errors have, and how its secret comes into its file. */
const kinds: Readonly<Record<SecretPurpose, { name: string; code: string; write: (file: string) => string }>> = {
  'account-password': {
    name: 'the password file',
    code: 'ERR_CONNECT_PASSWORD_FILE',
    write: (file) => `run: causeway connect secret set ${file}`,
  },
  'agent-key': {
    name: 'the agent key',
    code: 'ERR_CONNECT_AGENT_KEY_FILE',
    write: () => "run: causeway connect key, and enter the public key that it prints in the directory's configuration",
  },
};

type Problem =
  | { readonly kind: 'unreadable'; readonly cause: unknown }
  | { readonly kind: 'mode'; readonly mode: number }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'not-written'; readonly cause: unknown };

/** The error for a file with a secret that cannot be used. */
export function secretFileError(file: string, purpose: SecretPurpose, problem: Problem): CausewayError {
  const { name, code, write } = kinds[purpose];
  return new CausewayError({
    code,
    ...describe(`${name} ${file}`, file, problem, write(file)),
    disposition: 'halt',
    ...('cause' in problem ? { cause: problem.cause } : {}),
  });
}

function describe(
  what: string,
  file: string,
  problem: Problem,
  writeAnew: string,
): { message: string; nextStep: string } {
  switch (problem.kind) {
    case 'unreadable':
      return {
        message: `${what} cannot be read: ${messageOf(problem.cause)}`,
        nextStep: `as the user who runs causeway, ${writeAnew}`,
      };
    case 'mode':
      return {
        message: `${what} has mode ${(problem.mode & 0o777).toString(8).padStart(4, '0')}: others than its owner can use it`,
        nextStep: `run: chmod 600 ${file} (and change what is in it if others may have read it)`,
      };
    case 'too-long':
      return { message: `${what} is longer than any secret that belongs there`, nextStep: writeAnew };
    case 'foreign':
      return {
        message: `${what} does not open with this machine's key: it was sealed on another machine or for another purpose, or is damaged`,
        nextStep: `${writeAnew}; or restore secret.key of the state folder, if it was lost; docs/operate.md says how to run commands where systemd gives the key`,
      };
    case 'not-written':
      return {
        message: `${what} cannot be kept sealed: ${messageOf(problem.cause)}`,
        nextStep: `see that the user who runs causeway may write to its folder; or seal it once as root, ${writeAnew}`,
      };
  }
}

/** The machine's key cannot be read or made. */
export function machineKeyError(file: string, problem: string, cause?: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_SECRET_KEY',
    message: `the machine's key ${file} ${problem}`,
    nextStep:
      'restore it from a backup; or remove it, and write the account passwords and the agent key of this machine anew',
    disposition: 'halt',
    cause,
  });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
