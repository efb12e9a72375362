import type { Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** How long a deleted object is kept at least: 30 days, in milliseconds. */
const retentionMs = 30 * 86_400_000;
/** Objects that one transaction forgets, so that no request waits long for it. */
const forgottenAtOnce = 1_000;

/**
 * Forgets objects that were deleted 30 days ago or earlier, their credentials and outcomes with them. A user is kept longer
 * until the managed domain, where there is one, has reported the deletion: nobody else would tell it.
 */
export async function emptyRecycleBin(
  transaction: Transaction<Schema>,
  { tenant, at }: { tenant: string; at: string },
): Promise<void> {
  const deletedUntil = new Date(Date.parse(at) - retentionMs).toISOString();
  const rows = await transaction
    .selectFrom('objects')
    .innerJoin('tenants', 'tenants.id', 'objects.tenant')
    .leftJoin('outcomes', (join) =>
      join.onRef('outcomes.tenant', '=', 'objects.tenant').onRef('outcomes.anchor', '=', 'objects.anchor'),
    )
    .select(['objects.anchor', 'objects.object_sequence as sequence'])
    .where('objects.tenant', '=', tenant)
    .where('objects.type', 'in', ['user', 'group'])
    .where('objects.deleted_at', '<=', deletedUntil)
    .where((eb) =>
      eb.or([
        eb('objects.type', '=', 'group'),
        eb('tenants.key_id', 'is', null),
        eb.and([eb('outcomes.status', '=', 'deleted'), eb('outcomes.sequence', '>=', eb.ref('objects.sequence'))]),
      ]),
    )
    .limit(forgottenAtOnce)
    .execute();
  if (rows.length === 0) return;
  const purged = Math.max(...rows.map(({ sequence }) => sequence ?? 0));
  for (const { anchor } of rows) {
    await transaction.deleteFrom('outcomes').where('tenant', '=', tenant).where('anchor', '=', anchor).execute();
    await transaction.deleteFrom('objects').where('tenant', '=', tenant).where('anchor', '=', anchor).execute();
  }
  await transaction
    .updateTable('tenants')
    .set({ purged_sequence: purged })
    .where('id', '=', tenant)
    .where('purged_sequence', '<', purged)
    .execute();
}
