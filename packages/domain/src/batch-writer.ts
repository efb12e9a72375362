import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bypassPasswordHashControl } from './ldap/messages.ts';
import { encodeLdif } from './ldif.ts';
import type { Operation } from './operation.ts';

/** How a batch ended: all of it was written, or nothing. */
export type BatchResult =
  | { readonly written: true }
  | {
      readonly written: false;
      /** Index of the operation that was refused; undefined when the batch failed as a whole. */
      readonly refusedAt: number | undefined;
      /** What the program said. */
      readonly problem: string;
    };

/** A batch takes seconds. One that takes this long waits for a lock that Samba does not give back; killing keeps nothing. */
const TIMEOUT_MS = 300_000;
const DIAGNOSTIC_CHARACTERS_MAX = 2_000;

/**
 * Writes many operations in one transaction of Samba's database, while the DC serves, by Samba's own `ldbmodify`.
 *
 * Secrets reach it on its standard input only. `batch_mode:1` keeps the cost of a transaction linear in its size.
 */
export class BatchWriter {
  readonly #program: string;
  readonly #database: string;

  constructor(samba: { privateDir: string; ldbmodify: string }) {
    this.#program = samba.ldbmodify;
    this.#database = join(samba.privateDir, 'sam.ldb');
  }

  /** The operations stay the caller's to wipe. */
  async write(operations: readonly Operation[]): Promise<BatchResult> {
    const control = `--controls=local_oid:${bypassPasswordHashControl}:0`;
    const child = spawn(this.#program, ['-H', this.#database, '-o', 'batch_mode:1', control], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its timer, unlike that of the option `timeout`, does not keep this process from ending.
      signal: AbortSignal.timeout(TIMEOUT_MS),
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        output = (output + text).slice(-DIAGNOSTIC_CHARACTERS_MAX);
      });
    }
    // A program that ends early closes the pipe; its exit code says so.
    child.stdin.on('error', () => undefined);
    const ldif = encodeLdif(operations);
    child.stdin.end(ldif);
    try {
      const [code] = (await once(child, 'close')) as [number | null];
      if (code === 0) return { written: true };
      const processed = /failed after processing (\d+) records/.exec(output)?.[1];
      const refusedAt = processed === undefined ? undefined : Number(processed);
      return { written: false, refusedAt, problem: output.trim() || `${this.#program} ended with code ${code}` };
    } catch (error) {
      return { written: false, refusedAt: undefined, problem: `${this.#program} ${describeFailure(error)}` };
    } finally {
      ldif.fill(0);
    }
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be started: ${String(error)}`;
  return error.name === 'AbortError'
    ? `did not end within ${TIMEOUT_MS / 1000} s`
    : `cannot be started: ${error.message}`;
}
