import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { createFolder } from './folder.ts';

/** Copies a database, also while a directory uses it; gives the path of the copy. */
export async function backUp(database: string): Promise<string> {
  const copy = join(createFolder(), 'backup.sqlite');
  const source = new BetterSqlite3(database, { readonly: true });
  try {
    await source.backup(copy);
  } finally {
    source.close();
  }
  return copy;
}

/** Puts a copy in the place of a database that nothing uses. */
export function restore(copy: string, database: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(database + suffix, { force: true });
  copyFileSync(copy, database);
}
