import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TransferSyntax } from '@ad-protocols/ndr';

/** A stub that Samba wrote, and what it says. */
export interface MadeStub {
  readonly stub: Uint8Array;
  readonly said: unknown;
}

/** Samba's codec in a program of its own (`samba-codec.py`): one question a line, one answer a line. */
export class SambaCodec {
  readonly #process = spawn('/usr/bin/python3', [join(import.meta.dirname, 'samba-codec.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();

  /** What Samba reads in a stub, field by field. */
  async read(structure: string, syntax: TransferSyntax, stub: Uint8Array): Promise<unknown> {
    return (await this.#ask({ structure, ndr64: syntax === 'ndr64', stub: Buffer.from(stub).toString('hex') })).said;
  }

  /** A random stub that Samba writes; the same for the same seed. */
  async make(structure: string, syntax: TransferSyntax, seed: number): Promise<MadeStub> {
    const { stub = '', said } = await this.#ask({ structure, ndr64: syntax === 'ndr64', seed });
    return { stub: new Uint8Array(Buffer.from(stub, 'hex')), said };
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }

  async #ask(question: object): Promise<{ stub?: string; said: unknown }> {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    assert.notEqual(done, true, 'the program that asks Samba ended; its message is above');
    const answer = JSON.parse(String(value)) as { stub?: string; said: unknown; refused?: string };
    assert.equal(answer.refused, undefined, 'Samba refuses');
    return answer;
  }
}
