import type { Database } from './database.ts';

/** An object of the metaverse. */
export interface MvRow {
  readonly id: number;
  readonly type: string;
  readonly attributes: string;
}

/** The metaverse, with the values that joins search by. */
export function createMetaverse(database: Database) {
  const get = database.prepare<[number], MvRow>('SELECT * FROM mv WHERE id = ?');
  const insert = database.prepare<[string]>("INSERT INTO mv (type, attributes) VALUES (?, '{}')");
  const update = database.prepare<[string, number]>('UPDATE mv SET attributes = ? WHERE id = ?');
  const remove = database.prepare<[number]>('DELETE FROM mv WHERE id = ?');
  const find = database.prepare<[string, string], { mv: number }>(
    'SELECT mv FROM mv_keys WHERE attribute = ? AND value = ?',
  );
  const addKey = database.prepare<[string, string, number]>('INSERT OR IGNORE INTO mv_keys VALUES (?, ?, ?)');
  const removeKeys = database.prepare<[number]>('DELETE FROM mv_keys WHERE mv = ?');
  const count = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM mv');

  return {
    get: (id: number) => get.get(id),
    add: (type: string) => Number(insert.run(type).lastInsertRowid),
    update: (id: number, attributes: string) => void update.run(attributes, id),
    remove(id: number): void {
      removeKeys.run(id);
      remove.run(id);
    },
    /** Objects that have a value, whatever its letter case. */
    find: (attribute: string, value: string) => find.all(attribute, value.toLowerCase()).map(({ mv }) => mv),
    /** Replaces the values that an object is found by. */
    setKeys(id: number, keys: readonly (readonly [attribute: string, value: string])[]): void {
      removeKeys.run(id);
      for (const [attribute, value] of keys) addKey.run(attribute, value.toLowerCase(), id);
    },
    count: () => count.get()?.count ?? 0,
  };
}

export type Metaverse = ReturnType<typeof createMetaverse>;
