import { spawn } from 'node:child_process';
import { LabError } from './errors.ts';

/** What a finished program left. */
export interface ProgramResult {
  /** Exit code; 128 + the signal's number if a signal ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** How to run a program to its end. */
export interface ProgramOptions {
  /** Given to the program on its standard input, in pieces as fast as it reads them. */
  readonly input?: string | Uint8Array | AsyncIterable<string> | Iterable<string> | undefined;
  /** The program is killed after this time. Default: 120,000. */
  readonly timeoutMs?: number | undefined;
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string>>;
  /** Working folder on the machine. */
  readonly cwd?: string | undefined;
}

/** Where Debian keeps programs; put after the folder of the running Node. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a program to its end and gives its output, whatever the exit code.
 *
 * @throws {LabError} ERR_LAB_PROGRAM: it could not be started, or took longer than `timeoutMs`.
 */
export async function runProgram(command: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const [file, ...args] = command;
  if (file === undefined) throw new TypeError('runProgram: the command is empty.');
  const started = performance.now();
  const timeoutMs = options.timeoutMs ?? 120_000;
  // A session of its own, so that a time-out ends the program's children too.
  const child = spawn(file, args, { env: options.env, cwd: options.cwd, detached: true, stdio: 'pipe' });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    signalGroup(child.pid, 'SIGKILL');
  }, timeoutMs);
  try {
    const closed = new Promise<number>((resolve, reject) => {
      child.once('error', (cause) => {
        reject(
          new LabError('ERR_LAB_PROGRAM', `${file} could not be started. Is its Debian package installed?`, { cause }),
        );
      });
      child.once('close', (code, signal) => {
        resolve(code ?? 128 + signalNumber(signal));
      });
    });
    const [exitCode] = await Promise.all([closed, feed(child.stdin, options.input ?? '')]);
    if (timedOut) {
      throw new LabError('ERR_LAB_PROGRAM', `${file} did not end within ${timeoutMs} ms and was killed.`);
    }
    return {
      exitCode,
      stdout: Buffer.concat(stdout).toString('utf8'),
      stderr: Buffer.concat(stderr).toString('utf8'),
      durationMs: performance.now() - started,
    };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs a program that must succeed, and gives its output.
 *
 * @throws {LabError} ERR_LAB_PROGRAM: its exit code was not 0; the message ends with what it printed.
 */
export async function runOrThrow(command: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const result = await runProgram(command, options);
  if (result.exitCode !== 0) {
    const said = (result.stderr.trim() === '' ? result.stdout : result.stderr).trim().split('\n').slice(-6).join('\n');
    throw new LabError(
      'ERR_LAB_PROGRAM',
      `${describeCommand(command)} ended with exit code ${result.exitCode}: ${said}`,
    );
  }
  return result;
}

/** Sends a signal to a process group that may be gone already. */
export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

/** The words of a command that tell a reader which program it was: what nsenter and env run. */
function describeCommand(command: readonly string[]): string {
  const last = command.lastIndexOf('--');
  return command.slice(last + 1, last + 4).join(' ');
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : (SIGNAL_NUMBERS[signal] ?? 0);
}

async function feed(stdin: NodeJS.WritableStream, input: NonNullable<ProgramOptions['input']>): Promise<void> {
  // A program may end before it has read everything; its exit code says whether that was right.
  let open = true;
  const ended = new Promise<void>((resolve) => {
    stdin.once('close', () => {
      open = false;
      resolve();
    });
  });
  stdin.on('error', () => {
    open = false;
  });
  const pieces = typeof input === 'string' || input instanceof Uint8Array ? [input] : input;
  for await (const piece of pieces) {
    if (!open) break;
    if (!stdin.write(piece)) await Promise.race([ended, new Promise((resolve) => stdin.once('drain', resolve))]);
  }
  stdin.end();
}
