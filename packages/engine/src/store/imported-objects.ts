import { moveName, pathOf, rangeBelow } from '../distinguished-name.ts';
import type { CsRow } from './cs-row.ts';
import type { Database } from './database.ts';

/** What an import says of an object. */
export interface ImportedObject {
  readonly partition: number;
  readonly type: string;
  readonly dn: string;
  readonly attributes: string;
  readonly generation: number;
  readonly run: number;
  readonly source?: string | null;
}

interface ImportedRow extends ImportedObject {
  readonly id: number;
  readonly path: string;
  readonly source: string | null;
}

/** What imports write into connector spaces. */
export function createImportedObjects(database: Database) {
  const update = database.prepare<[ImportedRow]>(
    `UPDATE cs SET since = CASE live WHEN 1 THEN since ELSE @run END, live = 1, dirty = 1, partition = @partition, type = @type,
       dn = @dn, path = @path, attributes = @attributes, source = @source, seen = @generation WHERE id = @id`,
  );
  const see = database.prepare<[number, number]>('UPDATE cs SET seen = ? WHERE id = ?');
  const remove = database.prepare<[number]>("UPDATE cs SET live = 0, dirty = 1, attributes = '{}' WHERE id = ?");
  const unseen = database.prepare<[number, number, number], CsRow>(
    'SELECT * FROM cs WHERE partition = ? AND seen < ? AND live = 1 LIMIT ?',
  );
  const setName = database.prepare<[string, string, number]>('UPDATE cs SET dn = ?, path = ?, dirty = 1 WHERE id = ?');
  const below = database.prepare<[number, string, string], Pick<CsRow, 'id' | 'dn' | 'key' | 'type'>>(
    'SELECT id, dn, key, type FROM cs WHERE connector = ? AND path > ? AND path < ? AND live = 1',
  );
  const setDigest = database.prepare<[string | null, number]>('UPDATE cs SET digest = ? WHERE id = ?');
  const describe = database.prepare<[string, string, string, string, number | null, number]>(
    'UPDATE cs SET type = ?, source = ?, dn = ?, path = ?, mv = ? WHERE id = ?',
  );

  return {
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
      else update.run({ ...object, id: row.id, source, path: pathOf(object.dn) });
      return !same;
    },
    /** The object is gone at the source; the row stays until that is synchronized. */
    remove: (id: number) => void remove.run(id),
    /** Live objects of a partition that a full import has not seen. */
    unseen: (partition: number, generation: number, limit: number) => unseen.all(partition, generation, limit),
    /** Live objects below a name. */
    below(connector: number, dn: string) {
      const { from, to } = rangeBelow(pathOf(dn));
      return below.all(connector, from, to);
    },
    /** Gives an object its new name after its container was renamed or moved; a pending import. */
    move(row: Pick<CsRow, 'id' | 'dn'>, before: string, after: string): void {
      const dn = moveName(row.dn, before, after);
      setName.run(dn, pathOf(dn), row.id);
    },
    setDigest: (id: number, digest: string | null) => void setDigest.run(digest, id),
    /** Says of a tenant's object what it is going to be, and what it stands for. */
    describe(id: number, object: { type: string; source: string; dn: string; mv: number | null }): void {
      describe.run(object.type, object.source, object.dn, pathOf(object.dn), object.mv, id);
    },
  };
}
