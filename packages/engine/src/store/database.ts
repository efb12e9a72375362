import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { CausewayError } from '@causeway/model';
import BetterSqlite3 from 'better-sqlite3';
import { schema, schemaVersion } from './schema.ts';

/** The engine's database: one connection, whose owner closes it. */
export type Database = BetterSqlite3.Database;

/** Pages of 4 KiB that a connection keeps in memory: 32 MiB. */
const CACHE_KIB = 32_768;

/**
 * Bytes of the write-ahead log from which on it is written into the database and flushed. A first import changes the same pages of
 * indexes over and over: with SQLite's 4 MB each of them is written again for every few hundred objects.
 */
const LOG_BYTES = 64 * 1_024 * 1_024;
const PAGE_BYTES = 4_096;

/**
 * Opens the database of an engine and makes it when it is not there, readable by its owner only. One that cannot be used, damaged
 * or of another release, is put aside with the ending `.unusable` and a new one made: it is rebuilt by the next cycle from
 * the forests and the tenant.
 *
 * Write-ahead log without a flush at every commit: after a power failure the last moments are missing and the rest is whole,
 * and what is missing is imported again.
 *
 * @throws {CausewayError} ERR_ENGINE_DATABASE: no such folder, no permission, no space.
 */
export function openEngineDatabase(file: string): { database: Database; state: 'found' | 'made' | 'replaced' } {
  const existed = existsSync(file);
  try {
    const opened = existed ? openUsable(file) : undefined;
    if (opened !== undefined) return { database: opened, state: 'found' };
    if (existed) putAside(file);
    closeSync(openSync(file, 'a', 0o600));
    return { database: makeDatabase(file), state: existed ? 'replaced' : 'made' };
  } catch (cause) {
    throw new CausewayError({
      code: 'ERR_ENGINE_DATABASE',
      message: `the engine's database ${file} cannot be used: ${cause instanceof Error ? cause.message : 'unknown'}`,
      nextStep: `see that its folder exists, that the user who runs causeway may write there, and that the disk has space; ${file} may be deleted: it is rebuilt`,
      disposition: 'halt',
      cause,
    });
  }
}

function makeDatabase(file: string): Database {
  const database = configure(new BetterSqlite3(file));
  try {
    database.transaction(() => {
      database.exec(schema);
      database.pragma(`user_version = ${schemaVersion}`);
    })();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function openUsable(file: string): Database | undefined {
  let database: Database | undefined;
  try {
    database = configure(new BetterSqlite3(file));
    const usable =
      database.pragma('user_version', { simple: true }) === schemaVersion &&
      database.pragma('quick_check(1)', { simple: true }) === 'ok';
    if (usable) return database;
  } catch (error) {
    if (!isDamage(error)) {
      database?.close();
      throw error;
    }
  }
  database?.close();
  return undefined;
}

function isDamage(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

function putAside(file: string): void {
  renameSync(file, `${file}.unusable`);
  // What is left of its log belongs to it alone.
  for (const ending of ['-wal', '-shm']) rmSync(file + ending, { force: true });
}

function configure(database: Database): Database {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma(`cache_size = -${CACHE_KIB}`);
  database.pragma(`wal_autocheckpoint = ${LOG_BYTES / PAGE_BYTES}`);
  database.pragma(`journal_size_limit = ${LOG_BYTES}`);
  database.pragma('temp_store = MEMORY');
  return database;
}
