import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setupAnswersSchema, type SetupAnswers } from '@causeway/connect/setup';
import { CausewayError } from '@causeway/model';
import { loadConfig } from '../../config.ts';
import { ask, askSecret, isInteractive, readLine } from './prompt.ts';

/** Answers that came as flags, whichever did. */
export type GivenAnswers = { readonly [Key in keyof SetupAnswers]?: SetupAnswers[Key] | undefined };

type Required = 'forest' | 'account' | 'tenant' | 'publicKey' | 'directory';

/** What has to be known, each with its flag and its question. */
const questions: Readonly<Record<Required, { readonly flag: string; readonly question: string }>> = {
  forest: { flag: '--forest', question: 'DNS name of the forest, for example corp.contoso.com' },
  account: { flag: '--account', question: 'service account with the two replication rights, for example svc-causeway' },
  tenant: { flag: '--tenant', question: 'id of the tenant at the directory' },
  publicKey: {
    flag: '--public-key',
    question: "the tenant's public key, as `causeway domain key` printed it on the managed domain controller's host",
  },
  directory: { flag: '--directory', question: 'URL of the directory, for example https://directory.example.net:8443' },
};

/** What only a terminal is asked for beyond that: an empty answer leaves it out. */
const optional: readonly (readonly ['ca' | 'directoryCa', string])[] = [
  ['ca', "PEM file of the authority of the domain controllers' certificates (empty: the system's)"],
  ['directoryCa', "PEM file of the authority of the directory's certificate (empty: the system's)"],
];

/**
 * The answers from flags, a file and, where somebody is there, the terminal; flags come before the file.
 *
 * @throws {CausewayError} ERR_CONFIG_ANSWERS naming the flags that are missing; ERR_CONFIG_UNREADABLE, ERR_CONFIG_INVALID.
 */
export async function collectAnswers(
  given: GivenAnswers,
  file: string | undefined,
  yes: boolean,
): Promise<SetupAnswers> {
  const fromFile = file === undefined ? {} : loadConfig(file, setupAnswersSchema.partial());
  const flags = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const answers: Record<string, unknown> = { ...fromFile, ...flags };
  const missing = (Object.keys(questions) as Required[]).filter((key) => answers[key] === undefined);
  if (missing.length > 0) {
    if (yes || !isInteractive()) throw missingAnswers(missing.map((key) => questions[key].flag));
    for (const key of missing) answers[key] = await ask(questions[key].question);
    for (const [key, question] of optional) {
      if (answers[key] === undefined) answers[key] = (await ask(question)) || undefined;
    }
  }
  const parsed = setupAnswersSchema.safeParse(answers);
  if (parsed.success) return parsed.data;
  throw new CausewayError({
    code: 'ERR_CONFIG_ANSWERS',
    message: `these answers cannot be used:\n  ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n  ')}`,
    nextStep: 'give them again; causeway connect init --help describes each',
    disposition: 'halt',
  });
}

function missingAnswers(flags: readonly string[]): CausewayError {
  return new CausewayError({
    code: 'ERR_CONFIG_ANSWERS',
    message: `nobody is there to be asked, and these are missing: ${flags.join(', ')}`,
    nextStep: 'give them as flags, in a file with --answers, or run the command on a terminal without --yes',
    disposition: 'halt',
  });
}

/**
 * The password of an account: from a file, from the terminal without echo, or from standard input; undefined when there is none and
 * one is kept in `sealedFile` already.
 *
 * @throws {CausewayError} ERR_CONFIG_PASSWORD
 */
export async function readPassword(from: {
  readonly account: string;
  readonly file: string | undefined;
  readonly sealedFile: string;
}): Promise<string | undefined> {
  const password = await readPasswordText(from.account, from.file);
  if (password !== '') return password;
  if (from.file === undefined && existsSync(from.sealedFile)) return undefined;
  throw passwordError(`no password of ${from.account} was given`);
}

async function readPasswordText(account: string, file: string | undefined): Promise<string> {
  if (file !== undefined) {
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw passwordError(`the file ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
    });
    return text.split(/\r?\n/, 1)[0] ?? '';
  }
  return isInteractive() ? askSecret(`password of ${account}`) : readLine();
}

function passwordError(message: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONFIG_PASSWORD',
    message,
    nextStep: 'type it on a terminal, write it to standard input, or name a file with it: --password-file FILE',
    disposition: 'halt',
  });
}
