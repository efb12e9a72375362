import type { ObjectBatch, ObjectReceipt } from '@causeway/contract';
import type { Transaction } from 'kysely';
import { decideDeletion, decideGroup } from '../rules/object-change.ts';
import { describeRefusal, type Ending } from '../rules/refusal.ts';
import { decideUser, primaryAddressOf } from '../rules/user-match.ts';
import { changeMembers, noMembers, removeAllMembers } from './members.ts';
import { moveAnchor } from './move-anchor.ts';
import { ObjectRows, toKnown, userColumns, type ObjectRow } from './object-rows.ts';
import { foldName, formatGroup } from './object-text.ts';
import type { Schema } from './schema.ts';
import { lockTenant, requireContinuation, type LockedTenant } from './stream.ts';

/** Where a batch of objects belongs, when it arrived, and where ids for its new objects come from. */
export interface ObjectOrigin {
  readonly tenant: string;
  readonly at: string;
  /** A random GUID, lower case. */
  readonly createObjectId: () => string;
}

/** A batch on its way into the tenant. */
interface Acceptance {
  readonly transaction: Transaction<Schema>;
  readonly origin: ObjectOrigin;
  readonly tenant: LockedTenant;
  readonly rows: ObjectRows;
}

/**
 * Stores a batch of objects with its cursor, but for the entries that are refused; an object that is as stored gets no new
 * sequence.
 *
 * @throws {DirectoryError} `cursor_conflict`; nothing is stored.
 */
export async function acceptObjects(
  transaction: Transaction<Schema>,
  origin: ObjectOrigin,
  batch: ObjectBatch,
): Promise<ObjectReceipt> {
  const tenant = await lockTenant(transaction, origin.tenant);
  requireContinuation(tenant.objects, batch, 'objects');
  const rows = await ObjectRows.load(transaction, tenant.id, {
    anchors: [...batch.deletions, ...batch.users, ...batch.groups]
      .map(({ anchor }) => anchor)
      .concat(batch.members.map(({ group }) => group)),
    names: batch.users.map(({ user }) => user.userPrincipalName),
    addresses: batch.users.flatMap(({ user }) => primaryAddressOf(user) ?? []),
  });
  const acceptance: Acceptance = { transaction, origin, tenant, rows };
  const endings: Ending[] = [];
  for (const deletion of batch.deletions) endings.push(await acceptDeletion(acceptance, deletion));
  for (const user of batch.users) endings.push(await acceptUser(acceptance, user));
  for (const group of batch.groups) endings.push(acceptGroup(acceptance, group));
  endings.push(...(await changeMembers(transaction, tenant.id, { rows, members: batch.members })));
  await rows.save(transaction, tenant, origin.at);
  await transaction
    .updateTable('tenants')
    .set({ object_from: batch.from, object_cursor: batch.to, object_accepted_at: origin.at })
    .where('id', '=', tenant.id)
    .execute();
  return countEndings(endings);
}

async function acceptDeletion(
  { transaction, origin, rows }: Acceptance,
  { anchor, type }: ObjectBatch['deletions'][number],
): Promise<Ending> {
  const row = rows.get(anchor);
  const decision = decideDeletion(toKnown(row), type);
  if (typeof decision === 'object') return describeRefusal(decision, anchor);
  if (decision === 'unchanged' || row === undefined) return 'unchanged';
  if (type === 'group') await removeAllMembers(transaction, origin.tenant, anchor);
  rows.put({ ...row, deleted_at: origin.at, ...(type === 'group' && noMembers) });
  return 'accepted';
}

async function acceptUser(
  { transaction, origin, tenant, rows }: Acceptance,
  { anchor, source, user }: ObjectBatch['users'][number],
): Promise<Ending> {
  const address = primaryAddressOf(user);
  const decision = decideUser({
    byAnchor: toKnown(rows.get(anchor)),
    byAddress: address === undefined ? [] : rows.addressed(address, anchor).flatMap((row) => toKnown(row) ?? []),
    byName: toKnown(rows.named(user.userPrincipalName, anchor)[0]),
    features: tenant.settings.features,
  });
  if ('refusal' in decision) return describeRefusal(decision, anchor);
  const before = decision.become && rows.get(decision.become.anchor);
  const columns = userColumns(user);
  if (before !== undefined && isSame(before, { anchor, source, object: columns.object })) return 'unchanged';
  const matched = before !== undefined && before.anchor !== anchor;
  if (matched) {
    await moveAnchor(transaction, origin.tenant, { from: before.anchor, to: anchor });
    rows.forget(before.anchor);
  }
  rows.put({
    ...columns,
    anchor,
    source,
    previous_anchor: matched ? before.anchor : (before?.previous_anchor ?? null),
    object_id: before?.object_id ?? origin.createObjectId(),
    object_accepted_at: origin.at,
    cloud_only: 0,
    administrator: 0,
  });
  return 'accepted';
}

function acceptGroup({ origin, rows }: Acceptance, { anchor, source, group }: ObjectBatch['groups'][number]): Ending {
  const before = rows.get(anchor);
  const decision = decideGroup(toKnown(before));
  if (typeof decision === 'object') return describeRefusal(decision, anchor);
  const object = formatGroup(group);
  const kept = decision === 'update' ? before : undefined;
  if (kept !== undefined && isSame(kept, { anchor, source, object })) return 'unchanged';
  rows.put({
    anchor,
    source,
    object,
    type: 'group',
    previous_anchor: null,
    object_id: kept?.object_id ?? origin.createObjectId(),
    object_accepted_at: origin.at,
    cloud_only: 0,
    administrator: 0,
    deleted_at: null,
    account_name: foldName(group.accountName),
    user_principal_name: null,
    primary_address: null,
    member_count: kept?.member_count ?? noMembers.member_count,
    member_digest: kept?.member_digest ?? noMembers.member_digest,
  });
  return 'accepted';
}

function isSame(row: ObjectRow, offered: Pick<ObjectRow, 'anchor' | 'source' | 'object'>): boolean {
  const same = row.anchor === offered.anchor && row.source === offered.source && row.object === offered.object;
  return same && row.deleted_at === null;
}

function countEndings(endings: readonly Ending[]): ObjectReceipt {
  return {
    accepted: endings.filter((ending) => ending === 'accepted').length,
    unchanged: endings.filter((ending) => ending === 'unchanged').length,
    refused: endings.filter((ending) => typeof ending === 'object'),
  };
}
