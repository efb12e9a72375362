import type { Database } from './database.ts';

/** What the names in filters meant when they were found first. */
export function createScopeNames(database: Database) {
  const find = database.prepare<[number, string], { key: string }>(
    'SELECT key FROM scope_names WHERE connector = ? AND dn = ?',
  );
  const put = database.prepare<[number, string, string]>(
    'INSERT INTO scope_names VALUES (?, ?, ?) ON CONFLICT (connector, dn) DO UPDATE SET key = excluded.key',
  );

  return {
    /** The `objectGUID` of what a name meant. */
    find: (connector: number, dn: string) => find.get(connector, dn)?.key,
    remember: (connector: number, dn: string, key: string) => void put.run(connector, dn, key),
  };
}

export type ScopeNames = ReturnType<typeof createScopeNames>;
