import { DirectoryError, type KeyRequest, type KeyResponse, type TenantResponse } from '@causeway/contract';
import type { Kysely, Transaction } from 'kysely';
import { decideKey } from '../rules/key.ts';
import { bytesOf } from './bytes.ts';
import type { Schema } from './schema.ts';
import { lockTenant } from './stream.ts';

/** The tenant's key. */
export async function loadTenant(database: Kysely<Schema>, tenant: string): Promise<TenantResponse> {
  const row = await database
    .selectFrom('tenants')
    .select(['key_id', 'public_key'])
    .where('id', '=', tenant)
    .executeTakeFirstOrThrow();
  return { tenant, keyId: row.key_id, publicKey: row.public_key && bytesOf(row.public_key) };
}

/**
 * Registers the managed domain's key. One that takes the place of another makes a full password hash sync due at every
 * source, in the same transaction: what is sealed to the old key must be sealed again.
 *
 * @throws {DirectoryError} `key_conflict`: another key is registered and not named as the one to replace.
 */
export async function saveKey(
  transaction: Transaction<Schema>,
  tenant: string,
  { key, at }: { key: KeyRequest; at: string },
): Promise<KeyResponse> {
  const { keyId: registered, keyRegisteredAt: registeredAt } = await lockTenant(transaction, tenant);
  const decision = decideKey(registered, key);
  if (decision === 'conflict' && registered !== null) {
    throw new DirectoryError('key_conflict', {
      message: `Tenant ${tenant} already has key ${registered}; ${key.keyId} is another.`,
      details: { registeredKeyId: registered },
    });
  }
  if (decision === 'unchanged' && registeredAt !== null) {
    return { keyId: key.keyId, changed: false, registeredAt };
  }
  await transaction
    .updateTable('tenants')
    .set({ key_id: key.keyId, public_key: key.publicKey, key_registered_at: at })
    .where('id', '=', tenant)
    .execute();
  if (decision === 'replace') {
    await transaction
      .updateTable('sources')
      .set({ credential_from: null, credential_cursor: null, credential_accepted_at: null })
      .where('tenant', '=', tenant)
      .execute();
  }
  return { keyId: key.keyId, changed: true, registeredAt: at };
}
