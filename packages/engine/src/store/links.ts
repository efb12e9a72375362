import type { Database } from './database.ts';
import type { ReferenceAttribute } from '../ports.ts';

/** References between objects of one connector space. */
export function createLinkTable(database: Database) {
  const add = database.prepare<[number, string, number]>('INSERT OR IGNORE INTO links VALUES (?, ?, ?)');
  const remove = database.prepare<[number, string, number]>(
    'DELETE FROM links WHERE cs = ? AND attribute = ? AND target = ?',
  );
  const removeAll = database.prepare<[number, string]>('DELETE FROM links WHERE cs = ? AND attribute = ?');
  const removeOf = database.prepare<[number]>('DELETE FROM links WHERE cs = ?');
  const targets = database.prepare<[number, string], { target: number }>(
    'SELECT target FROM links WHERE cs = ? AND attribute = ? ORDER BY target',
  );
  const has = database.prepare<[number, string, number], { found: number }>(
    'SELECT 1 AS found FROM links WHERE cs = ? AND attribute = ? AND target = ?',
  );
  const removeTo = database.prepare<[number]>('DELETE FROM links WHERE target = ?');
  const isReferred = database.prepare<[{ id: number }], { found: number }>(
    `SELECT 1 AS found WHERE EXISTS (SELECT 1 FROM links WHERE target = @id) OR EXISTS (SELECT 1 FROM member_exports WHERE target = @id)`,
  );
  const markGroups = database.prepare<[number]>(
    "UPDATE cs SET links_dirty = 1 WHERE links_dirty = 0 AND id IN (SELECT cs FROM links WHERE target = ? AND attribute = 'member')",
  );
  const others = database.prepare<[number], { cs: number }>(
    "SELECT cs FROM links WHERE target = ? AND attribute <> 'member'",
  );
  const keys = database.prepare<[{ cs: number; attribute: string; connector: number }], { key: string }>(
    `SELECT t.key FROM links l JOIN cs s ON s.id = l.target JOIN cs t ON t.mv = s.mv AND t.connector = @connector
     WHERE l.cs = @cs AND l.attribute = @attribute ORDER BY l.target`,
  );
  const releasePlaceholders = database.prepare<[number]>(
    'UPDATE cs SET dirty = 1 WHERE live = 0 AND id IN (SELECT target FROM links WHERE cs = ?)',
  );

  return {
    /** True when it was not there. */
    add: (cs: number, attribute: ReferenceAttribute, target: number) => add.run(cs, attribute, target).changes > 0,
    /** True when it was there. */
    remove: (cs: number, attribute: ReferenceAttribute, target: number) =>
      remove.run(cs, attribute, target).changes > 0,
    clear: (cs: number, attribute: ReferenceAttribute) => removeAll.run(cs, attribute).changes > 0,
    /** Forgets all references of an object; placeholders that it referred to are looked at by the next synchronization. */
    clearAll(cs: number): void {
      releasePlaceholders.run(cs);
      removeOf.run(cs);
    },
    targets: (cs: number, attribute: ReferenceAttribute) => targets.all(cs, attribute).map(({ target }) => target),
    /** Keys of the objects of another connector that stand for what is referred to. */
    keysIn: (connector: number, cs: number, attribute: ReferenceAttribute) =>
      keys.all({ cs, attribute, connector }).map(({ key }) => key),
    /** Nothing refers to an object any more. */
    removeTo: (target: number) => void removeTo.run(target),
    /** Whether anything refers to an object, or is to refer to it in the tenant. */
    isReferred: (id: number) => isReferred.get({ id }) !== undefined,
    /** The groups that have an object as member have their members compared again. */
    markGroupsOf: (target: number) => void markGroups.run(target),
    /** Objects that refer to one, other than groups to their members. */
    referrers: (target: number) => others.all(target).map(({ cs }) => cs),
    has: (cs: number, attribute: ReferenceAttribute, target: number) => has.get(cs, attribute, target) !== undefined,
  };
}

export type LinkTable = ReturnType<typeof createLinkTable>;
