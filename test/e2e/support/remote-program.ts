import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Lab } from '@causeway/lab';

/** An error as a program tells it, with whichever of these fields it has. */
export class RemoteError extends Error {
  readonly code?: string;
  readonly nextStep?: string;
  readonly reason?: string;
  readonly statusName?: string;
}

/**
 * A program of these tests on host `connect`, so that it meets domain controllers over the network. It takes a command a line, in JSON, and
 * answers each with a line: `{ result }` or `{ error }`.
 */
export class RemoteProgram<Command> {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  /** @param file Name of the program in the folder of the tests. */
  constructor(lab: Lab, file: string) {
    const program = path.join(import.meta.dirname, '..', file);
    this.#process = lab.spawn('connect', [process.execPath, program], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.#process.stdout) throw new TypeError(`${file} has no output`);
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** @throws {RemoteError} */
  async ask<Result>(command: Command): Promise<Result> {
    this.#process.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#answers.next();
    assert.notEqual(done, true, 'the program ended; its message is above');
    const { result, error } = JSON.parse(String(value)) as { result: Result; error?: RemoteError };
    if (error) throw Object.assign(new RemoteError(error.message), error);
    return result;
  }

  /** Tells the program that nothing more comes, and waits for its end. */
  async close(): Promise<void> {
    this.#process.stdin?.end();
    await this.#ended();
  }

  /** Ends a program that waits for something else than commands. */
  async kill(): Promise<void> {
    this.#process.kill();
    await this.#ended();
  }

  async #ended(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) await once(this.#process, 'exit');
  }
}
