import { pathOf } from '../distinguished-name.ts';
import type { CsRow } from './cs-row.ts';
import type { Database } from './database.ts';
import { createImportedObjects } from './imported-objects.ts';
import { createPendingObjects } from './pending-objects.ts';

/** The connector spaces of all connectors. */
export function createConnectorSpace(database: Database) {
  const byKey = database.prepare<[number, string], CsRow>('SELECT * FROM cs WHERE connector = ? AND key = ?');
  const idByKey = database.prepare<[number, string], { id: number }>(
    'SELECT id FROM cs WHERE connector = ? AND key = ?',
  );
  const byId = database.prepare<[number], CsRow>('SELECT * FROM cs WHERE id = ?');
  const byMv = database.prepare<[number], CsRow>('SELECT * FROM cs WHERE mv = ? ORDER BY connector, id');
  const byPath = database.prepare<[number, string], CsRow>(
    'SELECT * FROM cs WHERE connector = ? AND path = ? AND live = 1',
  );
  const insert = database.prepare<[number, string], CsRow>('INSERT INTO cs (connector, key) VALUES (?, ?) RETURNING *');
  const insertId = database.prepare<[number, string]>('INSERT INTO cs (connector, key) VALUES (?, ?)');
  const link = database.prepare<[number | null, number]>('UPDATE cs SET mv = ? WHERE id = ?');
  const forget = database.prepare<[number]>('DELETE FROM cs WHERE id = ?');
  const countLive = database.prepare<[number], { count: number }>(
    'SELECT count(*) AS count FROM cs WHERE connector = ? AND live = 1',
  );
  const page = database.prepare<[number, number, number], CsRow>(
    'SELECT * FROM cs WHERE connector = ? AND live = 1 ORDER BY id LIMIT ? OFFSET ?',
  );

  return {
    ...createImportedObjects(database),
    ...createPendingObjects(database),
    find: (connector: number, key: string) => byKey.get(connector, key),
    get: (id: number) => byId.get(id),
    findByDn: (connector: number, dn: string) => byPath.get(connector, pathOf(dn)),
    /** The objects that are joined to a metaverse object, in the order of their connectors. */
    ofMetaverse: (mv: number) => byMv.all(mv),
    /** The row of a key; a placeholder when there is none yet. */
    ensure(connector: number, key: string): CsRow {
      return byKey.get(connector, key) ?? (insert.get(connector, key) as CsRow);
    },
    /** The number of the row of a key, as {@link ensure} gives it. */
    ensureId: (connector: number, key: string): number =>
      idByKey.get(connector, key)?.id ?? Number(insertId.run(connector, key).lastInsertRowid),
    findId: (connector: number, key: string) => idByKey.get(connector, key)?.id,
    link: (id: number, mv: number | null) => void link.run(mv, id),
    forget: (id: number) => void forget.run(id),
    countLive: (connector: number) => countLive.get(connector)?.count ?? 0,
    page: (connector: number, start: number, limit: number) => page.all(connector, limit, start),
  };
}

export type ConnectorSpace = ReturnType<typeof createConnectorSpace>;
