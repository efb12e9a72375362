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
    '0001-tenants-sources-users-outcomes': {
      async up(database: Kysely<Schema>) {
        await createTenants(database, bytes);
        await createSources(database);
        await createUsers(database, bytes);
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
    .addColumn('object_from', 'text')
    .addColumn('object_cursor', 'text')
    .addColumn('object_accepted_at', 'text')
    .addColumn('credential_from', 'text')
    .addColumn('credential_cursor', 'text')
    .addColumn('credential_accepted_at', 'text')
    .addPrimaryKeyConstraint('sources_key', ['tenant', 'id'])
    .execute();
}

async function createUsers({ schema }: Kysely<Schema>, bytes: BytesType): Promise<void> {
  await schema
    .createTable('users')
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('anchor', 'text', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('sequence', 'bigint', (column) => column.notNull())
    .addColumn('user', 'text')
    .addColumn('account_name', 'text')
    .addColumn('user_principal_name', 'text')
    .addColumn('user_accepted_at', 'text')
    .addColumn('credential_version', 'text')
    .addColumn('sealed', bytes)
    .addColumn('key_id', 'text')
    .addColumn('credential_accepted_at', 'text')
    .addPrimaryKeyConstraint('users_key', ['tenant', 'anchor'])
    .addForeignKeyConstraint('users_source', ['tenant', 'source'], 'sources', ['tenant', 'id'])
    .execute();
  // The feed reads along this one, in order.
  await schema.createIndex('users_feed').unique().on('users').columns(['tenant', 'sequence']).execute();
  await schema.createIndex('users_account_name').on('users').columns(['tenant', 'account_name']).execute();
  await schema.createIndex('users_principal_name').on('users').columns(['tenant', 'user_principal_name']).execute();
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
    .addForeignKeyConstraint('outcomes_user', ['tenant', 'anchor'], 'users', ['tenant', 'anchor'])
    .execute();
}
