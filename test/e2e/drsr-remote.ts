import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Lab } from '@causeway/lab';
import type { ReaderCommand } from './drsr-reader.ts';

/** An error as the reader tells it. */
export class ReaderError extends Error {
  readonly code: string | undefined;
  readonly nextStep: string | undefined;

  constructor(told: { code: string | undefined; message: string; nextStep: string | undefined }) {
    super(told.message);
    this.code = told.code;
    this.nextStep = told.nextStep;
  }
}

/** `drsr-reader.ts` on host `connect`: one command at a time. */
export class RemoteReader {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(lab: Lab) {
    const program = path.join(import.meta.dirname, 'drsr-reader.ts');
    this.#process = lab.spawn('connect', [process.execPath, program], { stdio: ['pipe', 'pipe', 'inherit'] });
    if (!this.#process.stdout) throw new TypeError('the reader has no output');
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async ask<T>(command: ReaderCommand): Promise<T> {
    this.#process.stdin?.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#answers.next();
    assert.notEqual(done, true, 'the reader ended; its message is above');
    const { result, error } = JSON.parse(String(value)) as { result: T; error?: ReaderError };
    if (error) throw new ReaderError(error);
    return result;
  }

  async close(): Promise<void> {
    await this.ask({ do: 'close' });
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}
