import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { exitCodes } from '../../failure.ts';

/** Whether somebody is there to be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks on the terminal; an empty answer is the standard one. Questions go to standard error, so that output can be piped. */
export async function ask(question: string, standard = ''): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await answerOn(terminal, `${question}${standard === '' ? '' : ` [${standard}]`}: `);
  return answer.trim() === '' ? standard : answer.trim();
}

/** Asks without showing what is typed. */
export async function askSecret(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  // Only now the terminal shows nothing of what is typed.
  process.stderr.write(`${question}: `);
  const answer = await answerOn(terminal, '');
  process.stderr.write('\n');
  return answer;
}

/** The next line; ends the process where the question is interrupted instead. */
async function answerOn(terminal: Interface, question: string): Promise<string> {
  try {
    return await terminal.question(question);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    process.stderr.write('\n');
    return process.exit(exitCodes.interrupted);
  } finally {
    terminal.close();
  }
}

/** The first line of standard input; empty when there is none. */
export async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}
