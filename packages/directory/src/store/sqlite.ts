import { closeSync, openSync } from 'node:fs';
import { CausewayError } from '@causeway/model';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteAdapter, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DirectoryStore } from './directory-store.ts';
import { createMigrationProvider } from './migrations.ts';
import type { Schema } from './schema.ts';

/** Prepared statements that are kept, each with its own number of rows; the oldest unused one goes first. */
const statementsMax = 100;

/**
 * The store in a SQLite file: write-ahead log, every commit flushed to disk, foreign keys checked. The file is made when
 * it is not there, readable by its owner only, and brought to this release's schema.
 *
 * @throws {CausewayError} ERR_DIRECTORY_DATABASE_OPEN: no such folder, no permission, not a database.
 * @throws {CausewayError} ERR_DIRECTORY_DATABASE_MIGRATE: of a newer release, or the disk is full.
 */
export async function openSqliteStore(path: string): Promise<DirectoryStore> {
  const database = new Kysely<Schema>({ dialect: new DirectorySqliteDialect({ database: openDatabase(path) }) });
  const migrator = new Migrator({ db: database, provider: createMigrationProvider('blob') });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await database.destroy();
    throw new CausewayError({
      code: 'ERR_DIRECTORY_DATABASE_MIGRATE',
      message: `The database ${path} cannot be brought to the schema of this release: ${describe(error)}.`,
      nextStep: 'See that its disk has space; if a newer release has used it, run that release, or restore a backup.',
      disposition: 'halt',
      cause: error,
    });
  }
  return new DirectoryStore(database);
}

function openDatabase(path: string): SqliteDatabase {
  try {
    // SQLite would make the file, and the log beside it, readable for everyone.
    closeSync(openSync(path, 'a', 0o600));
    const database = new BetterSqlite3(path, { timeout: 5_000 });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // The log shrinks again after a large synchronization.
    database.pragma('journal_size_limit = 67108864');
    return keepStatements(database);
  } catch (cause) {
    throw new CausewayError({
      code: 'ERR_DIRECTORY_DATABASE_OPEN',
      message: `The database ${path} cannot be opened: ${describe(cause)}.`,
      nextStep: "Make its folder, see that the directory's user may write there, and that the file is the directory's.",
      disposition: 'halt',
      cause,
    });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

class DirectorySqliteDialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

/** SQLite changes its schema inside transactions, so a migration that fails leaves nothing behind. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

/** The database as Kysely uses it, with prepared statements kept for their next use. */
function keepStatements(database: BetterSqlite3.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      // SQLite may have rolled back by itself, for instance when the disk is full.
      if (sql === 'rollback' && !database.inTransaction) return nothing;
      // Taking the write lock at the start waits for another process; taking it later would fail.
      const text = sql === 'begin' ? 'begin immediate' : sql;
      const statement = statements.get(text) ?? database.prepare(text);
      statements.delete(text);
      statements.set(text, statement);
      for (const oldest of statements.keys()) {
        if (statements.size <= statementsMax) break;
        statements.delete(oldest);
      }
      return statement;
    },
    close() {
      statements.clear();
      database.close();
    },
  };
}
