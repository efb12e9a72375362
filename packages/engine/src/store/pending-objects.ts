import type { CsRow } from './cs-row.ts';
import type { Database } from './database.ts';

/** Which objects of connector spaces wait to be synchronized, and what came of it. */
export function createPendingObjects(database: Database) {
  const dirty = database.prepare<[number, number, number], { id: number }>(
    'SELECT id FROM cs WHERE connector = ? AND dirty = 1 AND id > ? ORDER BY id LIMIT ?',
  );
  const countDirty = database.prepare<[number], { count: number }>(
    'SELECT count(*) AS count FROM cs WHERE connector = ? AND dirty = 1',
  );
  const settle = database.prepare<[number | null, number, string | null, number]>(
    'UPDATE cs SET mv = ?, password_sync = ?, error = ?, dirty = 0 WHERE id = ?',
  );
  const fail = database.prepare<[string | null, number]>('UPDATE cs SET error = ?, dirty = 0 WHERE id = ?');
  const markDirty = database.prepare<[number]>('UPDATE cs SET dirty = 1 WHERE id = ?');
  const markClean = database.prepare<[number]>('UPDATE cs SET dirty = 0 WHERE id = ?');
  const markAllDirty = database.prepare<[number]>('UPDATE cs SET dirty = 1 WHERE connector = ? AND live = 1');
  const markLinksDirty = database.prepare<[number, number]>('UPDATE cs SET links_dirty = ? WHERE id = ?');
  const linksDirty = database.prepare<[number, number], CsRow>(
    'SELECT * FROM cs WHERE links_dirty = 1 AND id > ? ORDER BY id LIMIT ?',
  );
  const retry = database.prepare<[number]>(
    'UPDATE cs SET dirty = 1, links_dirty = 1 WHERE connector = ? AND error IS NOT NULL AND live = 1',
  );
  const failed = database.prepare<[number], Pick<CsRow, 'key' | 'attributes'>>(
    'SELECT key, attributes FROM cs WHERE connector = ? AND error IS NOT NULL',
  );
  const unlinked = database.prepare<[number, string, number, number], CsRow>(
    'SELECT * FROM cs WHERE connector = ? AND type = ? AND mv IS NULL AND live = 1 AND id > ? ORDER BY id LIMIT ?',
  );

  return {
    /** Numbers of pending imports, after one. */
    dirty: (connector: number, afterId: number, limit: number) =>
      dirty.all(connector, afterId, limit).map(({ id }) => id),
    countDirty: (connector: number) => countDirty.get(connector)?.count ?? 0,
    /** Notes that an object has been synchronized. */
    settle(id: number, state: { mv: number | null; passwordSync: boolean; error: string | null }): void {
      settle.run(state.mv, Number(state.passwordSync), state.error, id);
    },
    /** Notes why an object could not be synchronized; what it had stays. */
    fail: (id: number, error: string | null) => void fail.run(error, id),
    markDirty: (id: number) => void markDirty.run(id),
    markClean: (id: number) => void markClean.run(id),
    markAllDirty: (connector: number) => void markAllDirty.run(connector),
    markLinksDirty: (id: number, isDirty: boolean) => void markLinksDirty.run(Number(isDirty), id),
    linksDirty: (afterId: number, limit: number) => linksDirty.all(afterId, limit),
    /** Makes every object pending that could not be synchronized: what was in its way may be gone. */
    retryFailed: (connector: number) => void retry.run(connector),
    /** Objects that could not be synchronized. */
    failed: (connector: number) => failed.all(connector),
    /** Live objects of a type that are joined to nothing. */
    unlinked: (connector: number, type: string, afterId: number, limit: number) =>
      unlinked.all(connector, type, afterId, limit),
  };
}
