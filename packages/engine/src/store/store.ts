import { createConnectorSpace } from './connector-space.ts';
import { createConnectorTable } from './connectors.ts';
import type { Database } from './database.ts';
import { createExportTable } from './exports.ts';
import { createLinkTable } from './links.ts';
import { createMemberExportTable } from './member-exports.ts';
import { createMetaverse } from './metaverse.ts';
import { createNameTable } from './names.ts';
import { createRunTable } from './runs.ts';
import { createScopeNames } from './scope-names.ts';

/** The engine's tables over one connection. */
export function createStore(database: Database) {
  const readMeta = database.prepare<[string], { value: string }>('SELECT value FROM meta WHERE name = ?');
  const writeMeta = database.prepare<[string, string]>(
    'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const removeMeta = database.prepare<[string]>('DELETE FROM meta WHERE name = ?');
  return {
    connectors: createConnectorTable(database),
    cs: createConnectorSpace(database),
    links: createLinkTable(database),
    names: createNameTable(database),
    scopeNames: createScopeNames(database),
    mv: createMetaverse(database),
    exports: createExportTable(database),
    memberExports: createMemberExportTable(database),
    runs: createRunTable(database),
    database,
    readMeta: (name: string) => readMeta.get(name)?.value,
    writeMeta(name: string, value: string | undefined): void {
      if (value === undefined) removeMeta.run(name);
      else writeMeta.run(name, value);
    },
    /** Does all of it or nothing. */
    transaction: <Result>(work: () => Result): Result => database.transaction(work).immediate(),
  };
}

export type Store = ReturnType<typeof createStore>;
