import type { ObjectBatch, ObjectReceipt } from '@causeway/contract';
import type { Transaction } from 'kysely';
import type { Schema } from './schema.ts';
import { assignSequences, chunk, lockTenant, moveCursor, type BatchOrigin } from './stream.ts';
import { foldName, formatUser } from './user-text.ts';

interface StoredUser {
  readonly source: string;
  readonly user: string | null;
}

/** Stores a batch of users with its cursor; a user that is as stored gets no new sequence. */
export async function acceptObjects(
  transaction: Transaction<Schema>,
  origin: BatchOrigin,
  batch: ObjectBatch,
): Promise<ObjectReceipt> {
  const { feed_head: feedHead } = await lockTenant(transaction, origin.tenant);
  await moveCursor(transaction, origin, 'object', batch);
  const stored = await loadUsers(transaction, origin.tenant, batch);
  const { rows, unchanged } = planUsers(origin, batch, stored);
  const sequenced = await assignSequences(transaction, { id: origin.tenant, feedHead, at: origin.at }, rows);
  for (const values of chunk(sequenced)) {
    await transaction
      .insertInto('users')
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'anchor']).doUpdateSet((eb) => ({
          source: eb.ref('excluded.source'),
          sequence: eb.ref('excluded.sequence'),
          user: eb.ref('excluded.user'),
          account_name: eb.ref('excluded.account_name'),
          user_principal_name: eb.ref('excluded.user_principal_name'),
          user_accepted_at: eb.ref('excluded.user_accepted_at'),
        })),
      )
      .execute();
  }
  return { accepted: batch.users.length - unchanged, unchanged };
}

async function loadUsers(
  transaction: Transaction<Schema>,
  tenant: string,
  batch: ObjectBatch,
): Promise<Map<string, StoredUser>> {
  const stored = new Map<string, StoredUser>();
  for (const anchors of chunk(batch.users.map(({ anchor }) => anchor))) {
    const rows = await transaction
      .selectFrom('users')
      .select(['anchor', 'source', 'user'])
      .where('tenant', '=', tenant)
      .where('anchor', 'in', anchors)
      .execute();
    for (const { anchor, source, user } of rows) stored.set(anchor, { source, user });
  }
  return stored;
}

/** The rows to write, one an anchor: of several entries for one user in a batch the last one holds. */
function planUsers(origin: BatchOrigin, batch: ObjectBatch, stored: Map<string, StoredUser>) {
  const rows = new Map<string, ReturnType<typeof toRow>>();
  let unchanged = 0;
  for (const { anchor, user } of batch.users) {
    const row = toRow(origin, anchor, user);
    const before = stored.get(anchor);
    if (before?.user === row.user && before.source === row.source) {
      unchanged += 1;
    } else {
      stored.set(anchor, row);
      rows.set(anchor, row);
    }
  }
  return { rows: rows.values(), unchanged };
}

function toRow(origin: BatchOrigin, anchor: string, user: ObjectBatch['users'][number]['user']) {
  return {
    tenant: origin.tenant,
    anchor,
    source: origin.source,
    user: formatUser(user),
    account_name: foldName(user.accountName),
    user_principal_name: foldName(user.userPrincipalName),
    user_accepted_at: origin.at,
  };
}
