import type { Database } from './database.ts';

/** Names that people know users by. */
export function createNameTable(database: Database) {
  const add = database.prepare<[string, number]>('INSERT OR IGNORE INTO names VALUES (?, ?)');
  const remove = database.prepare<[number]>('DELETE FROM names WHERE cs = ?');
  const find = database.prepare<[string], { cs: number }>('SELECT cs FROM names WHERE value = ? ORDER BY cs');

  return {
    /** Replaces the names of an object. */
    set(cs: number, names: readonly string[]): void {
      remove.run(cs);
      for (const name of names) add.run(name.toLowerCase(), cs);
    },
    /** Objects of all forests that have a name, whatever its letter case. */
    find: (name: string) => find.all(name.toLowerCase()).map(({ cs }) => cs),
  };
}

export type NameTable = ReturnType<typeof createNameTable>;
