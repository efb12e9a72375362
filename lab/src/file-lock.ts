import { spawn } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
  ftruncateSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A lock held through an open file; the kernel lets go of it when the process ends, however that happens. */
export interface FileLock {
  /** Removes the file and lets go. */
  release: () => void;
}

/** How long to wait for a lock, and the environment of the program that waits. */
export interface FileLockOptions {
  readonly waitSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Takes an exclusive lock, waiting for it if need be; `undefined` when somebody else still holds it.
 *
 * Node has no flock(2), but a lock belongs to the open file and not to the process that asked for it: flock(1) locks
 * the file that it is given as descriptor 3, and ends.
 */
export async function takeFileLock(file: string, options: FileLockOptions): Promise<FileLock | undefined> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  for (;;) {
    const descriptor = openSync(file, 'a+', 0o600);
    if (!(await lockDescriptor(descriptor, options))) {
      closeSync(descriptor);
      return undefined;
    }
    // Whoever held it before has removed the file: then this is a lock on nothing.
    if (isSameFile(descriptor, file)) {
      ftruncateSync(descriptor);
      writeSync(descriptor, `${process.pid}\n`);
      return {
        release: () => {
          unlinkSync(file);
          closeSync(descriptor);
        },
      };
    }
    closeSync(descriptor);
  }
}

/** The process that holds, or last held, the lock. */
export function readLockHolder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function lockDescriptor(descriptor: number, options: FileLockOptions): Promise<boolean> {
  const child = spawn('flock', ['--exclusive', '--timeout', String(options.waitSeconds), '3'], {
    env: options.environment,
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code === 0);
    });
  });
}

function isSameFile(descriptor: number, file: string): boolean {
  try {
    return statSync(file).ino === fstatSync(descriptor).ino;
  } catch {
    return false;
  }
}
