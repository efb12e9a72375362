import type { Database } from './database.ts';

/** An object of a connector space. Numbers 0 and 1 are false and true. */
export interface CsRow {
  readonly id: number;
  readonly connector: number;
  readonly partition: number | null;
  /** `objectGUID` as a GUID, or the tenant's source anchor. */
  readonly key: string;
  readonly live: number;
  readonly type: string;
  readonly dn: string;
  readonly attributes: string;
  /** Of the tenant's objects: the connector whose forest gave the anchor. */
  readonly source: string | null;
  readonly mv: number | null;
  readonly dirty: number;
  readonly links_dirty: number;
  readonly password_sync: number;
  /** Of the tenant's groups: the digest of `links`, 32 hexadecimal digits. */
  readonly digest: string | null;
  readonly error: string | null;
}

/** What an import says of an object. */
export interface ImportedObject {
  readonly partition: number;
  readonly type: string;
  readonly dn: string;
  readonly attributes: string;
  readonly generation: number;
  readonly source?: string | null;
}

/** The connector spaces of all connectors. */
export function createConnectorSpace(database: Database) {
  const byKey = database.prepare<[number, string], CsRow>('SELECT * FROM cs WHERE connector = ? AND key = ?');
  const byId = database.prepare<[number], CsRow>('SELECT * FROM cs WHERE id = ?');
  const byMv = database.prepare<[number], CsRow>('SELECT * FROM cs WHERE mv = ? ORDER BY connector, id');
  const byDn = database.prepare<[number, string], CsRow>(
    'SELECT * FROM cs WHERE connector = ? AND dn = ? COLLATE NOCASE AND live = 1',
  );
  const insert = database.prepare<[number, string]>('INSERT INTO cs (connector, key) VALUES (?, ?)');
  const update = database.prepare<[number, string, string, string, string | null, number, number, number]>(
    `UPDATE cs SET live = 1, partition = ?, type = ?, dn = ?, attributes = ?, source = ?, seen = ?, dirty = MAX(dirty, ?) WHERE id = ?`,
  );
  const see = database.prepare<[number, number]>('UPDATE cs SET seen = ? WHERE id = ?');
  const remove = database.prepare<[number]>("UPDATE cs SET live = 0, dirty = 1, attributes = '{}' WHERE id = ?");
  const unseen = database.prepare<[number, number, number], CsRow>(
    'SELECT * FROM cs WHERE partition = ? AND seen < ? AND live = 1 LIMIT ?',
  );
  const dirty = database.prepare<[number, number, number], CsRow>(
    'SELECT * FROM cs WHERE connector = ? AND dirty = 1 AND id > ? ORDER BY id LIMIT ?',
  );
  const countDirty = database.prepare<[number], { count: number }>(
    'SELECT count(*) AS count FROM cs WHERE connector = ? AND dirty = 1',
  );
  const settle = database.prepare<[number | null, number, string | null, number]>(
    'UPDATE cs SET mv = ?, password_sync = ?, error = ?, dirty = 0 WHERE id = ?',
  );
  const link = database.prepare<[number | null, number]>('UPDATE cs SET mv = ? WHERE id = ?');
  const fail = database.prepare<[string | null, number]>('UPDATE cs SET error = ?, dirty = 0 WHERE id = ?');
  const markDirty = database.prepare<[number]>('UPDATE cs SET dirty = 1 WHERE id = ?');
  const markAllDirty = database.prepare<[number]>('UPDATE cs SET dirty = 1 WHERE connector = ? AND live = 1');
  const markLinksDirty = database.prepare<[number, number]>('UPDATE cs SET links_dirty = ? WHERE id = ?');
  const linksDirty = database.prepare<[number, number], CsRow>(
    'SELECT * FROM cs WHERE links_dirty = 1 AND id > ? ORDER BY id LIMIT ?',
  );
  const setDn = database.prepare<[string, number]>('UPDATE cs SET dn = ?, dirty = 1 WHERE id = ?');
  const namesOf = database.prepare<[number], { id: number; dn: string }>(
    'SELECT id, dn FROM cs WHERE partition = ? AND live = 1',
  );
  const unlinked = database.prepare<[number, string, number, number], CsRow>(
    'SELECT * FROM cs WHERE connector = ? AND type = ? AND mv IS NULL AND live = 1 AND id > ? ORDER BY id LIMIT ?',
  );
  const setDigest = database.prepare<[string | null, number]>('UPDATE cs SET digest = ? WHERE id = ?');
  const describe = database.prepare<[string, string, string, number]>(
    'UPDATE cs SET type = ?, source = ?, dn = ? WHERE id = ?',
  );
  const forget = database.prepare<[number]>('DELETE FROM cs WHERE id = ?');
  const page = database.prepare<[number, number, number], CsRow>(
    'SELECT * FROM cs WHERE connector = ? AND live = 1 ORDER BY id LIMIT ? OFFSET ?',
  );

  return {
    find: (connector: number, key: string) => byKey.get(connector, key),
    get: (id: number) => byId.get(id),
    findByDn: (connector: number, dn: string) => byDn.get(connector, dn),
    /** The objects that are joined to a metaverse object, in the order of their connectors. */
    ofMetaverse: (mv: number) => byMv.all(mv),
    /** The row of a key; a placeholder when there is none yet. */
    ensure(connector: number, key: string): CsRow {
      const found = byKey.get(connector, key);
      if (found !== undefined) return found;
      return byId.get(Number(insert.run(connector, key).lastInsertRowid)) as CsRow;
    },
    /** Keeps an imported object; a pending import when it differs from what was there. True when it does. */
    keep(row: CsRow, object: ImportedObject): boolean {
      const source = object.source ?? null;
      const same =
        row.live === 1 &&
        row.attributes === object.attributes &&
        row.dn === object.dn &&
        row.type === object.type &&
        row.source === source &&
        row.partition === object.partition;
      if (same) see.run(object.generation, row.id);
      else
        update.run(object.partition, object.type, object.dn, object.attributes, source, object.generation, 1, row.id);
      return !same;
    },
    /** The object is gone at the source; the row stays until that is synchronized. */
    remove: (id: number) => void remove.run(id),
    /** Live objects of a partition that a full import has not seen. */
    unseen: (partition: number, generation: number, limit: number) => unseen.all(partition, generation, limit),
    dirty: (connector: number, afterId: number, limit: number) => dirty.all(connector, afterId, limit),
    countDirty: (connector: number) => countDirty.get(connector)?.count ?? 0,
    /** Notes that an object has been synchronized. */
    settle(id: number, state: { mv: number | null; passwordSync: boolean; error: string | null }): void {
      settle.run(state.mv, Number(state.passwordSync), state.error, id);
    },
    /** Notes why an object could not be synchronized; what it had stays. */
    fail: (id: number, error: string | null) => void fail.run(error, id),
    link: (id: number, mv: number | null) => void link.run(mv, id),
    markDirty: (id: number) => void markDirty.run(id),
    markAllDirty: (connector: number) => void markAllDirty.run(connector),
    markLinksDirty: (id: number, isDirty: boolean) => void markLinksDirty.run(Number(isDirty), id),
    linksDirty: (afterId: number, limit: number) => linksDirty.all(afterId, limit),
    /** Gives every object below a container that was renamed or moved its new name. */
    renameBelow(partition: number, before: string, after: string): void {
      const suffix = `,${before.toLowerCase()}`;
      for (const { id, dn } of namesOf.all(partition)) {
        if (dn.toLowerCase().endsWith(suffix)) setDn.run(dn.slice(0, dn.length - before.length) + after, id);
      }
    },
    /** Live objects of a type that are joined to nothing. */
    unlinked: (connector: number, type: string, afterId: number, limit: number) =>
      unlinked.all(connector, type, afterId, limit),
    setDigest: (id: number, digest: string | null) => void setDigest.run(digest, id),
    /** Says of a tenant's object what it is going to be. */
    describe(id: number, object: { type: string; source: string; dn: string }): void {
      describe.run(object.type, object.source, object.dn, id);
    },
    forget: (id: number) => void forget.run(id),
    page: (connector: number, start: number, limit: number) => page.all(connector, limit, start),
  };
}

export type ConnectorSpace = ReturnType<typeof createConnectorSpace>;
