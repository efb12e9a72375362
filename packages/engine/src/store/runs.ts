import type { Database } from './database.ts';

/** Run profiles of a connector. */
export type RunProfile = 'Full Import' | 'Delta Import' | 'Full Synchronization' | 'Delta Synchronization' | 'Export';

export interface RunError {
  readonly dn: string;
  readonly code: string;
  readonly message: string;
}

/** What one run of a profile came to. */
export interface RunRecord {
  readonly id: number;
  readonly connector: string;
  readonly runProfile: RunProfile;
  readonly result: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly errors: readonly RunError[];
}

interface RunRow {
  readonly id: number;
  readonly connector: string;
  readonly run_profile: RunProfile;
  readonly result: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly counts: string;
  readonly errors: string;
}

/** The run history. */
export function createRunTable(database: Database) {
  const begin = database.prepare<[string, string, string]>(
    "INSERT INTO runs (connector, run_profile, result, started_at) VALUES (?, ?, 'in-progress', ?)",
  );
  const end = database.prepare<[string, string, string, string, number]>(
    'UPDATE runs SET result = ?, ended_at = ?, counts = ?, errors = ? WHERE id = ?',
  );
  const get = database.prepare<[number], RunRow>('SELECT * FROM runs WHERE id = ?');
  const list = database.prepare<[string | null, string | null, number], RunRow>(
    'SELECT * FROM runs WHERE ? IS NULL OR connector = ? ORDER BY id DESC LIMIT ?',
  );
  const abandon = database.prepare<[string]>(
    "UPDATE runs SET result = 'stopped-server-down', ended_at = ? WHERE result = 'in-progress'",
  );
  const purge = database.prepare<[string]>("DELETE FROM runs WHERE started_at < ? AND result <> 'in-progress'");

  return {
    begin: (connector: string, runProfile: RunProfile, at: string) =>
      Number(begin.run(connector, runProfile, at).lastInsertRowid),
    end(id: number, run: Pick<RunRecord, 'result' | 'counts' | 'errors'>, at: string): void {
      end.run(run.result, at, JSON.stringify(run.counts), JSON.stringify(run.errors), id);
    },
    get(id: number): RunRecord | undefined {
      const row = get.get(id);
      return row && toRecord(row);
    },
    /** The newest first. */
    list: (connector: string | undefined, count: number) =>
      list.all(connector ?? null, connector ?? null, count).map(toRecord),
    /** Runs that a process left behind which was killed. */
    abandon: (at: string) => void abandon.run(at),
    purge: (before: string) => purge.run(before).changes,
  };
}

export type RunTable = ReturnType<typeof createRunTable>;

function toRecord(row: RunRow): RunRecord {
  return {
    id: row.id,
    connector: row.connector,
    runProfile: row.run_profile,
    result: row.result,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    counts: JSON.parse(row.counts) as Record<string, number>,
    errors: JSON.parse(row.errors) as RunError[],
  };
}
