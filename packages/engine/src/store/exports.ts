import type { Database } from './database.ts';

export type ExportOperation = 'add' | 'update' | 'delete';

/** What the tenant is to have of one object, not confirmed yet. */
export interface ExportRow {
  readonly cs: number;
  readonly operation: ExportOperation;
  readonly attributes: string;
  /** Why, in words for a preview. */
  readonly reason: string;
  /** 1 when the directory has accepted it. */
  readonly sent: number;
  /** 1 when an administrator has let this deletion through. */
  readonly allowed: number;
  readonly error: string | null;
}

/** An export with the tenant's object that it is of. */
export interface PendingExport extends ExportRow {
  readonly key: string;
  readonly type: string;
  readonly dn: string;
  readonly source: string | null;
  readonly present: string;
  readonly live: number;
  readonly mv: number | null;
}

const pendingColumns = `exports.*, cs.key, cs.type, cs.dn, cs.source, cs.attributes AS present, cs.live, cs.mv`;

/** Exports that are pending, or sent and not confirmed. */
export function createExportTable(database: Database) {
  const put = database.prepare<[number, string, string, string]>(
    `INSERT INTO exports (cs, operation, attributes, reason) VALUES (?, ?, ?, ?)
     ON CONFLICT (cs) DO UPDATE SET sent = CASE WHEN operation = excluded.operation AND attributes = excluded.attributes THEN sent ELSE 0 END,
       allowed = CASE WHEN operation = excluded.operation THEN allowed ELSE 0 END,
       operation = excluded.operation, attributes = excluded.attributes, reason = excluded.reason, error = NULL`,
  );
  const get = database.prepare<[number], ExportRow>('SELECT * FROM exports WHERE cs = ?');
  const remove = database.prepare<[number]>('DELETE FROM exports WHERE cs = ?');
  const mark = database.prepare<[number, string | null, number]>('UPDATE exports SET sent = ?, error = ? WHERE cs = ?');
  const unsent = database.prepare<[string, string, number, number], PendingExport>(
    `SELECT ${pendingColumns} FROM exports JOIN cs ON cs.id = exports.cs
     WHERE exports.sent = 0 AND operation IN (?, ?) AND exports.cs > ? ORDER BY exports.cs LIMIT ?`,
  );
  const all = database.prepare<[number], PendingExport>(
    `SELECT ${pendingColumns} FROM exports JOIN cs ON cs.id = exports.cs WHERE exports.sent = 0
     ORDER BY CASE operation WHEN 'delete' THEN 0 WHEN 'add' THEN 1 ELSE 2 END, exports.cs LIMIT ?`,
  );
  const counts = database.prepare<[], { operation: ExportOperation; count: number; allowed: number }>(
    'SELECT operation, count(*) AS count, sum(allowed) AS allowed FROM exports WHERE sent = 0 GROUP BY operation',
  );
  const errors = database.prepare<[], { count: number }>(
    'SELECT count(*) AS count FROM exports WHERE error IS NOT NULL',
  );
  const allow = database.prepare("UPDATE exports SET allowed = 1 WHERE operation = 'delete' AND sent = 0");
  const countSent = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM exports WHERE sent = 1');
  const recall = database.prepare('UPDATE exports SET sent = 0 WHERE sent = 1');

  return {
    put(cs: number, operation: ExportOperation, attributes: string, reason: string): void {
      put.run(cs, operation, attributes, reason);
    },
    get: (cs: number) => get.get(cs),
    /** The tenant has it, or need not have it. */
    remove: (cs: number) => void remove.run(cs),
    /** The directory has accepted it, or why it has not. */
    mark: (cs: number, sent: boolean, error: string | null) => void mark.run(Number(sent), error, cs),
    /** What has not been sent, of one or two operations, after a row. */
    unsent: (operations: readonly [ExportOperation, ExportOperation], afterCs: number, limit: number) =>
      unsent.all(operations[0], operations[1], afterCs, limit),
    /** What has not been sent, as many as asked for: deletions, additions, updates. */
    list: (limit: number) => all.all(limit),
    counts(): Record<ExportOperation, number> & { allowedDeletes: number } {
      const result = { add: 0, update: 0, delete: 0, allowedDeletes: 0 };
      for (const { operation, count, allowed } of counts.all()) {
        result[operation] = count;
        if (operation === 'delete') result.allowedDeletes = allowed;
      }
      return result;
    },
    errors: () => errors.get()?.count ?? 0,
    /** Exports that the directory has accepted and no import has confirmed. */
    countSent: () => countSent.get()?.count ?? 0,
    /** Whatever was sent and is not confirmed is to be sent again. */
    recall: () => void recall.run(),
    /** Lets all pending deletions through; gives their number. */
    allowDeletions: () => allow.run().changes,
  };
}

export type ExportTable = ReturnType<typeof createExportTable>;
