import type { Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/**
 * Gives a cloud-only user the anchor of the source that it was matched to. A credential that came for that anchor before
 * is the user's from now on; what the managed domain reported about either does not hold any more.
 */
export async function moveAnchor(
  transaction: Transaction<Schema>,
  tenant: string,
  { from, to }: { from: string; to: string },
): Promise<void> {
  await transaction.deleteFrom('outcomes').where('tenant', '=', tenant).where('anchor', 'in', [from, to]).execute();
  const credential = await transaction
    .deleteFrom('objects')
    .where('tenant', '=', tenant)
    .where('anchor', '=', to)
    .returning(['credential_version', 'sealed', 'key_id', 'must_change', 'credential_accepted_at'])
    .executeTakeFirst();
  await transaction
    .updateTable('objects')
    .set({ anchor: to, ...credential })
    .where('tenant', '=', tenant)
    .where('anchor', '=', from)
    .execute();
}
