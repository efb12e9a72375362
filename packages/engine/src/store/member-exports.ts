import type { Database } from './database.ts';

/** A member that a group of the tenant is to get or to lose. */
export interface MemberExport {
  readonly cs: number;
  readonly target: number;
  readonly adding: number;
  readonly group: string;
  readonly member: string;
}

/** Changes of single members that are pending, or sent and not confirmed. */
export function createMemberExportTable(database: Database) {
  const put = database.prepare<[number, number, number]>(
    `INSERT INTO member_exports (cs, target, adding) VALUES (?, ?, ?)
     ON CONFLICT (cs, target) DO UPDATE SET sent = CASE WHEN adding = excluded.adding THEN sent ELSE 0 END, adding = excluded.adding`,
  );
  const remove = database.prepare<[number, number]>('DELETE FROM member_exports WHERE cs = ? AND target = ?');
  const membersOf = database.prepare<[number], MemberExport & { sent: number }>(
    `SELECT m.cs, m.target, m.adding, m.sent, g.key AS "group", t.key AS member FROM member_exports m
     JOIN cs g ON g.id = m.cs JOIN cs t ON t.id = m.target WHERE m.cs = ? ORDER BY m.target`,
  );
  // Members of a group that the tenant does not have wait for it.
  const unsent = database.prepare<[number, number, number], MemberExport>(
    `SELECT m.cs, m.target, m.adding, g.key AS "group", t.key AS member FROM member_exports m
     JOIN cs g ON g.id = m.cs JOIN cs t ON t.id = m.target
     WHERE m.sent = 0 AND (m.cs, m.target) > (?, ?)
       AND (g.live = 1 OR EXISTS (SELECT 1 FROM exports WHERE exports.cs = m.cs AND exports.sent = 1))
     ORDER BY m.cs, m.target LIMIT ?`,
  );
  const mark = database.prepare<[number, number, number]>(
    'UPDATE member_exports SET sent = ? WHERE cs = ? AND target = ?',
  );
  const clear = database.prepare<[number]>('DELETE FROM member_exports WHERE cs = ?');
  const countUnsent = database.prepare<[], { count: number }>(
    'SELECT count(*) AS count FROM member_exports WHERE sent = 0',
  );
  const groups = database.prepare<[], { cs: number }>('SELECT DISTINCT cs FROM member_exports WHERE sent = 0');
  const countSent = database.prepare<[], { count: number }>(
    'SELECT count(*) AS count FROM member_exports WHERE sent = 1',
  );
  const recall = database.prepare('UPDATE member_exports SET sent = 0 WHERE sent = 1');

  return {
    put: (cs: number, target: number, adding: boolean) => void put.run(cs, target, Number(adding)),
    remove: (cs: number, target: number) => void remove.run(cs, target),
    /** Of one group. */
    of: (cs: number) => membersOf.all(cs),
    /** What can be sent, after one of a group. */
    unsent: (after: { cs: number; target: number }, limit: number) => unsent.all(after.cs, after.target, limit),
    mark: (cs: number, target: number, sent: boolean) => void mark.run(Number(sent), cs, target),
    /** Forgets those of a group. */
    clear: (cs: number) => void clear.run(cs),
    countUnsent: () => countUnsent.get()?.count ?? 0,
    /** Those that the directory has accepted and no import has confirmed. */
    countSent: () => countSent.get()?.count ?? 0,
    /** Whatever was sent and is not confirmed is to be sent again. */
    recall: () => void recall.run(),
    /** Groups with changes that have not been sent. */
    groups: () => groups.all().map(({ cs }) => cs),
  };
}

export type MemberExportTable = ReturnType<typeof createMemberExportTable>;
