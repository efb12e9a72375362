import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DirectoryError } from '@causeway/contract';

/** Below this, in bytes, a disk counts as full when SQLite could not write. */
const spaceMin = 1_048_576;

/**
 * The error to answer with when the database failed: `storage_full` when its disk is, `unavailable` while another process
 * holds it; undefined when the error is not of the database.
 */
export async function describeStorageError(error: unknown, database: string): Promise<DirectoryError | undefined> {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return storageFull(database, error);
  if (code.startsWith('SQLITE_BUSY')) {
    return new DirectoryError('unavailable', {
      message: 'Another process holds the database of the directory.',
      nextStep: 'End other programs that write to the database; the agents try again by themselves.',
      cause: error,
    });
  }
  if (!code.startsWith('SQLITE_IOERR') && code !== 'SQLITE_CANTOPEN') return undefined;
  // Some writes, as those of the log's index, fail with an input/output error when the disk is full.
  return (await freeSpace(database)) < spaceMin ? storageFull(database, error) : undefined;
}

function storageFull(database: string, cause: unknown): DirectoryError {
  return new DirectoryError('storage_full', {
    message: `The disk that holds the directory's database, ${dirname(database)} on its host, is full; nothing of the request was kept.`,
    cause,
  });
}

async function freeSpace(database: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dirname(database));
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
