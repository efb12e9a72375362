import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { parameterSchema, type ConfigurationParameter } from '@causeway/control';
import { CausewayError } from '@causeway/model';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import type { z } from 'zod';
import { schema, schemaVersion } from './agent-state-schema.ts';

/** How long a write waits for another process that is writing. */
const BUSY_MS = 2_000;
/** Bytes to which the write-ahead log is cut when it starts over. */
const WAL_BYTES = 4 * 1_048_576;

/**
 * What an agent remembers that is in neither the forest nor the tenant: settings made while it runs, global parameters,
 * and how far each channel of passwords is. It is a file of its own, so that the engine's database can be deleted.
 *
 * Every write is on the disk when it returns. Without the file the settings are those of the configuration again, and each
 * channel compares all of its passwords with the directory's once.
 */
export interface AgentState {
  /** For the modules that keep tables of their own in it. */
  readonly database: Database;
  /** Runs all of it in one transaction, or nothing. */
  transaction<Result>(action: () => Result): Result;
  /** A setting that was made while an agent ran; undefined for none, and for one that an older release wrote otherwise. */
  readSetting<Value>(name: string, type: z.ZodType<Value>): Value | undefined;
  /** Keeps a setting; anything that JSON can tell. */
  writeSetting(name: string, value: unknown): void;
  removeSetting(name: string): void;
  /** The global parameters of a connector, in their order. */
  readParameters(connector: string): readonly ConfigurationParameter[];
  /** Stores the global parameters of a connector, in place of those it had. */
  writeParameters(connector: string, parameters: readonly ConfigurationParameter[]): void;
  /** Removes one global parameter; false when there is none of that name. Names are compared exactly. */
  removeParameter(connector: string, name: string): boolean;
  close(): void;
}

/**
 * Opens `agent.sqlite` in the state folder, or makes it with mode 0600.
 *
 * @throws {CausewayError} ERR_CONNECT_AGENT_STATE from this and from every method, when the file cannot be used.
 */
export function openAgentState(stateDir: string): AgentState {
  const file = join(stateDir, 'agent.sqlite');
  const database = guard(file, () => openDatabase(file));
  const attempt = <Result>(action: () => Result): Result => guard(file, action);
  const readSetting = database.prepare<[string], { value: string }>('SELECT value FROM settings WHERE name = ?');
  const writeSetting = database.prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)');
  const removeSetting = database.prepare('DELETE FROM settings WHERE name = ?');
  const readParameters = database.prepare<[string], { parameter: string }>(
    'SELECT parameter FROM parameters WHERE connector = ? ORDER BY position',
  );
  const removeParameters = database.prepare('DELETE FROM parameters WHERE connector = ?');
  const insertParameter = database.prepare('INSERT INTO parameters (connector, position, parameter) VALUES (?, ?, ?)');

  const state: AgentState = {
    database,
    transaction: (action) => attempt(() => database.transaction(action).immediate()),
    readSetting: (name, type) => parse(attempt(() => readSetting.get(name))?.value, type),
    writeSetting: (name, value) => void attempt(() => writeSetting.run(name, JSON.stringify(value))),
    removeSetting: (name) => void attempt(() => removeSetting.run(name)),
    readParameters: (connector) =>
      attempt(() => readParameters.all(connector)).flatMap(({ parameter }) => parse(parameter, parameterSchema) ?? []),
    writeParameters: (connector, parameters) =>
      state.transaction(() => {
        removeParameters.run(connector);
        for (const [position, parameter] of parameters.entries())
          insertParameter.run(connector, position, JSON.stringify(parameter));
      }),
    removeParameter(connector, name) {
      return state.transaction(() => {
        const present = state.readParameters(connector);
        const left = present.filter((parameter) => parameter.name !== name);
        if (left.length === present.length) return false;
        state.writeParameters(connector, left);
        return true;
      });
    },
    close: () => void database.close(),
  };
  return state;
}

function openDatabase(file: string): Database {
  closeSync(openSync(file, 'a', 0o600));
  const database = new BetterSqlite3(file, { timeout: BUSY_MS });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma(`journal_size_limit = ${WAL_BYTES}`);
    database.transaction(() => migrate(database)).immediate();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version === schemaVersion) return;
  if (version !== 0) throw new BetterSqlite3.SqliteError(`it has version ${version} of its schema`, 'SQLITE_MISMATCH');
  database.exec(schema);
  database.pragma(`user_version = ${schemaVersion}`);
}

function parse<Value>(text: string | undefined, type: z.ZodType<Value>): Value | undefined {
  if (text === undefined) return undefined;
  return type.safeParse(JSON.parse(text)).data;
}

/** Any failure of the file or of SQLite, as the error that says which file and what to do. */
function guard<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof CausewayError || !isOfTheDisk(error)) throw error;
    throw new CausewayError({
      code: 'ERR_CONNECT_AGENT_STATE',
      message: `the agent's state ${file} cannot be used: ${error.message}`,
      nextStep: `free space on its disk, or let the user who runs causeway write to it; if it is damaged, move ${file} away: settings made at run time are lost, passwords are not`,
      disposition: 'retry',
      cause: error,
    });
  }
}

function isOfTheDisk(error: unknown): error is Error {
  return error instanceof BetterSqlite3.SqliteError || (error instanceof Error && 'syscall' in error);
}
