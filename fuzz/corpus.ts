import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, 'corpus');

/** Inputs kept for a target: each reaches code that no other does, or was once a finding. One a line in base64. */
export function readCorpus(target: string): Uint8Array[] {
  const file = path.join(folder, `${target}.txt`);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => new Uint8Array(Buffer.from(line, 'base64')));
}

/** Keeps inputs for a target, the shortest first. */
export function writeCorpus(target: string, inputs: readonly Uint8Array[]): void {
  const lines = [...new Set(inputs.map((input) => Buffer.from(input).toString('base64')))];
  lines.sort((left, right) => left.length - right.length || (left < right ? -1 : 1));
  writeFileSync(path.join(folder, `${target}.txt`), lines.map((line) => `${line}\n`).join(''));
}

/** Puts inputs into a folder as the fuzzer reads them: a file each, named by its digest. */
export function unpackInputs(inputs: readonly Uint8Array[], into: string): void {
  mkdirSync(into, { recursive: true });
  for (const input of inputs) {
    writeFileSync(path.join(into, createHash('sha256').update(input).digest('hex').slice(0, 40)), input);
  }
}

/** The inputs in a folder of files. */
export function packInputs(from: string): Uint8Array[] {
  return readdirSync(from).map((name) => new Uint8Array(readFileSync(path.join(from, name))));
}
