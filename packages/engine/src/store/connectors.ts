import type { Database } from './database.ts';

export type ConnectorKind = 'ad' | 'tenant';

export interface ConnectorRow {
  readonly id: number;
  readonly name: string;
  readonly kind: ConnectorKind;
  readonly identifier: string;
  readonly created_at: string;
  readonly full_import_required: number;
  readonly full_sync_required: number;
  readonly ready: number;
}

export interface PartitionRow {
  readonly id: number;
  readonly connector: number;
  readonly name: string;
  readonly identifier: string;
  readonly dn: string;
  readonly netbios_name: string;
  readonly cursor: string | null;
  /** The attributes that `cursor` was made with. */
  readonly attributes: string;
  readonly generation: number;
  /** 1 once a full import has come to its end. */
  readonly imported: number;
  /** When the last import came to its end. */
  readonly imported_at: string | null;
  /** The last run that imported it to its end. */
  readonly last_run: number;
}

/** Connectors with their partitions. */
export function createConnectorTable(database: Database) {
  const selectConnector = database.prepare<[string], ConnectorRow>('SELECT * FROM connectors WHERE name = ?');
  const selectPartition = database.prepare<[number, string], PartitionRow>(
    'SELECT * FROM partitions WHERE connector = ? AND name = ?',
  );
  const insertConnector = database.prepare<[string, string, string, string]>(
    'INSERT INTO connectors (name, kind, identifier, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING',
  );
  const insertPartition = database.prepare<[number, string]>(
    'INSERT INTO partitions (connector, name) VALUES (?, ?) ON CONFLICT (connector, name) DO NOTHING',
  );
  const list = database.prepare<[], ConnectorRow>('SELECT * FROM connectors ORDER BY id');
  const partitionsOf = database.prepare<[number], PartitionRow>(
    'SELECT * FROM partitions WHERE connector = ? ORDER BY id',
  );
  const partitionById = database.prepare<[number], PartitionRow>('SELECT * FROM partitions WHERE id = ?');
  const describe = database.prepare<[string, string, string, number]>(
    'UPDATE partitions SET identifier = ?, dn = ?, netbios_name = ? WHERE id = ?',
  );
  const beginFull = database.prepare<[string, number]>(
    'UPDATE partitions SET generation = generation + 1, cursor = NULL, attributes = ? WHERE id = ?',
  );
  const moveCursor = database.prepare<[string, number]>('UPDATE partitions SET cursor = ? WHERE id = ?');
  const endFull = database.prepare<[number]>('UPDATE partitions SET imported = 1 WHERE id = ?');
  const noteImport = database.prepare<[string, number, number]>(
    'UPDATE partitions SET imported_at = ?, last_run = ? WHERE id = ?',
  );
  const requireImport = database.prepare<[number, number]>(
    'UPDATE connectors SET full_import_required = ? WHERE id = ?',
  );
  const requireSync = database.prepare<[number, number]>('UPDATE connectors SET full_sync_required = ? WHERE id = ?');
  const makeReady = database.prepare<[number]>('UPDATE connectors SET ready = 1 WHERE id = ?');

  return {
    /** The connector of this name, made when it is not there. */
    ensure(connector: { name: string; kind: ConnectorKind; identifier: string; at: string }): ConnectorRow {
      insertConnector.run(connector.name, connector.kind, connector.identifier, connector.at);
      return selectConnector.get(connector.name) as ConnectorRow;
    },
    find: (name: string) => selectConnector.get(name),
    list: () => list.all(),
    ensurePartition(connector: number, name: string): PartitionRow {
      insertPartition.run(connector, name);
      return selectPartition.get(connector, name) as PartitionRow;
    },
    partitionsOf: (connector: number) => partitionsOf.all(connector),
    partition: (id: number) => partitionById.get(id),
    describe(id: number, domain: { identifier: string; dn: string; netbiosName: string }): void {
      describe.run(domain.identifier, domain.dn, domain.netbiosName, id);
    },
    /** Begins a full import: objects that it does not see are gone when it ends. */
    beginFullImport: (id: number, attributes: string) => void beginFull.run(attributes, id),
    moveCursor: (id: number, cursor: string) => void moveCursor.run(cursor, id),
    endFullImport: (id: number) => void endFull.run(id),
    noteImport: (id: number, at: string, run: number) => void noteImport.run(at, run, id),
    requireFullImport: (id: number, required: boolean) => void requireImport.run(Number(required), id),
    requireFullSync: (id: number, required: boolean) => void requireSync.run(Number(required), id),
    makeReady: (id: number) => void makeReady.run(id),
  };
}

export type ConnectorTable = ReturnType<typeof createConnectorTable>;
