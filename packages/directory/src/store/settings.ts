import { defaultTenantSettings, DirectoryError, type TenantSettings } from '@causeway/contract';
import type { Kysely } from 'kysely';
import type { Schema } from './schema.ts';

/** The settings in a tenant's row. */
export function parseSettings(text: string | null): TenantSettings {
  return text === null ? defaultTenantSettings : (JSON.parse(text) as TenantSettings);
}

/** The tenant's settings. */
export async function loadSettings(database: Kysely<Schema>, tenant: string): Promise<TenantSettings> {
  const { settings } = await database
    .selectFrom('tenants')
    .select('settings')
    .where('id', '=', tenant)
    .executeTakeFirstOrThrow();
  return parseSettings(settings);
}

/** Replaces the tenant's settings. @throws {DirectoryError} `feature_irreversible`: EnableSoftMatchOnUpn stays on. */
export async function saveSettings(
  database: Kysely<Schema>,
  tenant: string,
  settings: TenantSettings,
): Promise<TenantSettings> {
  if (!settings.features.EnableSoftMatchOnUpn) throw new DirectoryError('feature_irreversible');
  await database
    .updateTable('tenants')
    .set({ settings: JSON.stringify(settings) })
    .where('id', '=', tenant)
    .execute();
  return settings;
}
