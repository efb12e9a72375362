import type { Kysely } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';
import type { Schema } from './schema.ts';

/** The column type that a dialect has for bytes. */
export type BytesType = 'blob' | 'bytea';

/**
 * The database's one timeline, for Kysely's migrator. A migration that a release has carried is never changed: a new one
 * is added at the end.
 */
export function createMigrationProvider(bytes: BytesType): MigrationProvider {
  const timeline: Record<string, Migration> = {
    '0001-tenants-sources-objects-outcomes': {
      async up(database: Kysely<Schema>) {
        await createTenants(database, bytes);
        await createSources(database);
        await createObjects(database, bytes);
        await createMembers(database);
        await createOutcomes(database);
      },
    },
  };
  return { getMigrations: () => Promise.resolve(timeline) };
}

async function createTenants({ schema }: Kysely<Schema>, bytes: BytesType): Promise<void> {
  await schema
    .createTable('tenants')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('key_id', 'text')
    .addColumn('public_key', bytes)
    .addColumn('key_registered_at', 'text')
    .addColumn('feed_head', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('purged_sequence', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('object_from', 'text')
    .addColumn('object_cursor', 'text')
    .addColumn('object_accepted_at', 'text')
    .addColumn('settings', 'text')
    .execute();
  await schema
    .createTable('agents')
    .addColumn('tenant', 'text', (column) => column.notNull().references('tenants.id'))
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('last_seen_at', 'text', (column) => column.notNull())
    .addColumn('feed_position', 'bigint')
    .addPrimaryKeyConstraint('agents_key', ['tenant', 'id'])
    .execute();
}

async function createSources({ schema }: Kysely<Schema>): Promise<void> {
  await schema
    .createTable('sources')
    .addColumn('tenant', 'text', (column) => column.notNull().references('tenants.id'))
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('credential_from', 'text')
    .addColumn('credential_cursor', 'text')
    .addColumn('credential_accepted_at', 'text')
    .addPrimaryKeyConstraint('sources_key', ['tenant', 'id'])
    .execute();
}

async function createObjects({ schema }: Kysely<Schema>, bytes: BytesType): Promise<void> {
  await schema
    .createTable('objects')
    .addColumn('tenant', 'text', (column) => column.notNull().references('tenants.id'))
    .addColumn('anchor', 'text', (column) => column.notNull())
    .addColumn('previous_anchor', 'text')
    .addColumn('sequence', 'bigint')
    .addColumn('type', 'text')
    .addColumn('object_id', 'text')
    .addColumn('object_sequence', 'bigint')
    .addColumn('object', 'text')
    .addColumn('object_accepted_at', 'text')
    .addColumn('source', 'text')
    .addColumn('cloud_only', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('administrator', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('deleted_at', 'text')
    .addColumn('account_name', 'text')
    .addColumn('user_principal_name', 'text')
    .addColumn('primary_address', 'text')
    .addColumn('member_count', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('member_digest', 'text')
    .addColumn('credential_version', 'text')
    .addColumn('sealed', bytes)
    .addColumn('key_id', 'text')
    .addColumn('must_change', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('credential_accepted_at', 'text')
    .addPrimaryKeyConstraint('objects_key', ['tenant', 'anchor'])
    .execute();
  const index = (name: string) => schema.createIndex(`objects_${name}`).on('objects');
  // The feed of users is read along the first, the order of objects along the second.
  await index('feed').unique().columns(['tenant', 'sequence']).execute();
  await index('order').unique().columns(['tenant', 'object_sequence']).execute();
  await index('id').unique().columns(['tenant', 'object_id']).execute();
  // Every page of an import tells how many objects there are.
  await index('present').columns(['tenant', 'cloud_only', 'deleted_at', 'type']).execute();
  await index('account_name').columns(['tenant', 'account_name']).execute();
  await index('principal_name').columns(['tenant', 'user_principal_name']).execute();
  await index('primary_address').columns(['tenant', 'primary_address']).execute();
  // Objects are counted, and the recycle bin is emptied, by this one.
  await index('bin').columns(['tenant', 'type', 'deleted_at']).execute();
}

async function createMembers({ schema }: Kysely<Schema>): Promise<void> {
  await schema
    .createTable('members')
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('group_anchor', 'text', (column) => column.notNull())
    .addColumn('anchor', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('members_key', ['tenant', 'group_anchor', 'anchor'])
    .execute();
}

async function createOutcomes({ schema }: Kysely<Schema>): Promise<void> {
  await schema
    .createTable('outcomes')
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('anchor', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('credential_version', 'text')
    .addColumn('reason', 'text')
    .addColumn('at', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('outcomes_key', ['tenant', 'anchor'])
    .addForeignKeyConstraint('outcomes_user', ['tenant', 'anchor'], 'objects', ['tenant', 'anchor'])
    .execute();
}
