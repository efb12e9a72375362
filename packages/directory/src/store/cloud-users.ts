import { DirectoryError, type CloudUserRequest, type CloudUserResponse } from '@causeway/contract';
import { anchorOfObjectId } from '@causeway/model';
import type { Transaction } from 'kysely';
import { ObjectRows, userColumns } from './object-rows.ts';
import type { Schema } from './schema.ts';
import { lockTenant, type LockedTenant } from './stream.ts';

/** Longest account name that a managed domain takes, in characters. */
const accountNameMax = 20;

/**
 * Makes or changes a cloud-only user, or restores a deleted one.
 *
 * @throws {DirectoryError} `not_cloud_only`, `name_taken`.
 */
export async function saveCloudUser(
  transaction: Transaction<Schema>,
  { tenant: id, at, objectId }: { tenant: string; at: string; objectId: string },
  { administrator, ...cloudUser }: CloudUserRequest,
): Promise<CloudUserResponse> {
  const tenant = await lockTenant(transaction, id);
  const { rows, anchor, before } = await loadCloudUser(transaction, tenant, { objectId, cloudUser });
  if (rows.named(cloudUser.userPrincipalName, anchor).length > 0) throw new DirectoryError('name_taken');
  const [prefix = ''] = cloudUser.userPrincipalName.split('@');
  const row = {
    ...userColumns({ ...cloudUser, accountName: prefix.slice(0, accountNameMax), accountEnabled: true }),
    anchor,
    previous_anchor: null,
    object_id: objectId,
    object_accepted_at: at,
    source: null,
    cloud_only: 1,
    administrator: administrator === true ? 1 : 0,
  };
  const changed =
    before === undefined ||
    before.deleted_at !== null ||
    before.object !== row.object ||
    before.administrator !== row.administrator;
  if (changed) {
    rows.put(row);
    await rows.save(transaction, tenant, at);
  }
  return { objectId, anchor, changed };
}

/** Puts a cloud-only user into the recycle bin. @throws {DirectoryError} `user_unknown`, `not_cloud_only`. */
export async function deleteCloudUser(
  transaction: Transaction<Schema>,
  { tenant: id, at, objectId }: { tenant: string; at: string; objectId: string },
): Promise<CloudUserResponse> {
  const tenant = await lockTenant(transaction, id);
  const { rows, anchor, before } = await loadCloudUser(transaction, tenant, { objectId });
  if (before === undefined) throw new DirectoryError('user_unknown');
  const changed = before.deleted_at === null;
  if (changed) {
    rows.put({ ...before, deleted_at: at });
    await rows.save(transaction, tenant, at);
  }
  return { objectId, anchor, changed };
}

/** The cloud-only user with an object id. @throws {DirectoryError} `not_cloud_only`: it, or its anchor, is of a source. */
async function loadCloudUser(
  transaction: Transaction<Schema>,
  tenant: LockedTenant,
  { objectId, cloudUser }: { objectId: string; cloudUser?: { userPrincipalName: string } },
) {
  const anchor = anchorOfObjectId(objectId);
  const sameId = await transaction
    .selectFrom('objects')
    .select('anchor')
    .where('tenant', '=', tenant.id)
    .where('object_id', '=', objectId)
    .executeTakeFirst();
  const names = cloudUser === undefined ? [] : [cloudUser.userPrincipalName];
  const rows = await ObjectRows.load(transaction, tenant.id, { anchors: [anchor], names, addresses: [] });
  const before = rows.get(anchor);
  const foreign = before !== undefined && (before.cloud_only === 0 || before.object_id !== objectId);
  if (foreign || (sameId !== undefined && sameId.anchor !== anchor)) throw new DirectoryError('not_cloud_only');
  return { rows, anchor, before };
}
