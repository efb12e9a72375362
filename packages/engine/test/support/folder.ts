import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Thousands of databases: in memory where there is such a folder. */
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let root: string | undefined;

/** A new folder that is gone when the tests of this file are over. */
export function createFolder(): string {
  if (root === undefined) {
    const made = mkdtempSync(join(parent, 'causeway-engine-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    root = made;
  }
  return mkdtempSync(join(root, 'folder-'));
}
