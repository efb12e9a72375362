import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Whether somebody is there to be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks on the terminal; an empty answer is the standard one. Questions go to standard error, so that output can be piped. */
export async function ask(question: string, standard = ''): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question}${standard === '' ? '' : ` [${standard}]`}: `);
    return answer.trim() === '' ? standard : answer.trim();
  } finally {
    terminal.close();
  }
}

/** Asks without showing what is typed. */
export async function askSecret(question: string): Promise<string> {
  process.stderr.write(`${question}: `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

/** The first line of standard input; empty when there is none. */
export async function readLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}
