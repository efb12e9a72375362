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
  const sources = database.prepare<[number], { cs: number; attribute: ReferenceAttribute }>(
    'SELECT cs, attribute FROM links WHERE target = ?',
  );
  const has = database.prepare<[number, string, number], { found: number }>(
    'SELECT 1 AS found FROM links WHERE cs = ? AND attribute = ? AND target = ?',
  );
  const keys = database.prepare<[number, string], { key: string }>(
    'SELECT key FROM links JOIN cs ON cs.id = links.target WHERE links.cs = ? AND attribute = ?',
  );

  return {
    /** True when it was not there. */
    add: (cs: number, attribute: ReferenceAttribute, target: number) => add.run(cs, attribute, target).changes > 0,
    /** True when it was there. */
    remove: (cs: number, attribute: ReferenceAttribute, target: number) =>
      remove.run(cs, attribute, target).changes > 0,
    clear: (cs: number, attribute: ReferenceAttribute) => removeAll.run(cs, attribute).changes > 0,
    clearAll: (cs: number) => void removeOf.run(cs),
    targets: (cs: number, attribute: ReferenceAttribute) => targets.all(cs, attribute).map(({ target }) => target),
    /** Keys of the objects referred to. */
    keys: (cs: number, attribute: ReferenceAttribute) => keys.all(cs, attribute).map(({ key }) => key),
    /** Who refers to an object, and how. */
    sources: (target: number) => sources.all(target),
    has: (cs: number, attribute: ReferenceAttribute, target: number) => has.get(cs, attribute, target) !== undefined,
  };
}

export type LinkTable = ReturnType<typeof createLinkTable>;
