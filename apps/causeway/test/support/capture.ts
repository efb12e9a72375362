import { mock } from 'node:test';
import { Command, CommanderError } from 'commander';

export interface Captured {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

/** Runs a command in this process; gives what it printed and its exit code, or rejects with what it failed with. */
export async function capture(command: unknown, args: readonly string[]): Promise<Captured> {
  const out: string[] = [];
  const err: string[] = [];
  const log = mock.method(console, 'log', (text: string) => void out.push(text));
  const program = new Command('causeway').addCommand(command as Command);
  overrideExit(program, err);
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await program.parseAsync(args, { from: 'user' });
    return { out: out.join('\n'), err: err.join(''), exitCode: process.exitCode };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { out: out.join('\n'), err: err.join(''), exitCode: error.exitCode === 0 ? 0 : 2 };
  } finally {
    log.mock.restore();
    process.exitCode = before;
  }
}

function overrideExit(command: Command, err: string[]): void {
  command.exitOverride().configureOutput({ writeErr: (text) => void err.push(text) });
  for (const child of command.commands) overrideExit(child, err);
}
