import { DirectoryError, type MembersResponse, type ObjectBatch } from '@causeway/contract';
import { memberDigestBytes, toggleMember } from '@causeway/model';
import type { Kysely, Transaction } from 'kysely';
import { decideMembers } from '../rules/object-change.ts';
import { describeRefusal, type Ending } from '../rules/refusal.ts';
import { toKnown, type ObjectRows } from './object-rows.ts';
import type { Schema } from './schema.ts';
import { chunk } from './stream.ts';

/** The columns of a group without members. */
export const noMembers = { member_count: 0, member_digest: '00'.repeat(memberDigestBytes) } as const;

/** A group's count and digest while its members change. */
interface Tally {
  count: number;
  readonly digest: Buffer;
}

/**
 * Removes and adds members, and puts the groups whose members have changed; ends one an entry, in their order.
 *
 * One statement adds members of many groups, so that many small groups cost no more than few large ones.
 */
export async function changeMembers(
  transaction: Transaction<Schema>,
  tenant: string,
  { rows, members }: { rows: ObjectRows; members: ObjectBatch['members'] },
): Promise<Ending[]> {
  const tallies = new Map<string, Tally>();
  const endings = members.map(({ group }) => {
    const row = rows.get(group);
    const decision = decideMembers(toKnown(row));
    if (typeof decision === 'object') return describeRefusal(decision, group);
    const { member_count: count = 0, member_digest: digest } = row ?? {};
    tallies.set(group, { count, digest: Buffer.from(digest ?? noMembers.member_digest, 'hex') });
    return undefined;
  });
  const taken = members.filter(({ group }) => tallies.has(group));
  const changed = new Set<string>();
  const note = (group: string, anchor: string, difference: 1 | -1) => {
    const tally = tallies.get(group);
    if (tally === undefined) return;
    toggleMember(tally.digest, anchor);
    tally.count += difference;
    changed.add(group);
  };
  for (const { group, remove } of taken) {
    for (const anchor of await removeMembers(transaction, tenant, { group, remove })) note(group, anchor, -1);
  }
  for (const { group_anchor: group, anchor } of await addMembers(transaction, tenant, taken)) note(group, anchor, 1);
  for (const group of changed) {
    const [row, tally] = [rows.get(group), tallies.get(group)];
    if (row === undefined || tally === undefined) continue;
    rows.put({ ...row, member_count: tally.count, member_digest: tally.digest.toString('hex') });
  }
  return members.map(({ group }, index) => endings[index] ?? (changed.has(group) ? 'accepted' : 'unchanged'));
}

/** Removes members; gives those that were there. */
async function removeMembers(
  transaction: Transaction<Schema>,
  tenant: string,
  { group, remove }: { group: string; remove: readonly string[] },
): Promise<string[]> {
  const removed: string[] = [];
  for (const anchors of chunk(remove)) {
    const rows = await transaction
      .deleteFrom('members')
      .where('tenant', '=', tenant)
      .where('group_anchor', '=', group)
      .where('anchor', 'in', anchors)
      .returning('anchor')
      .execute();
    for (const { anchor } of rows) removed.push(anchor);
  }
  return removed;
}

/** Adds members; gives those that were not there. */
async function addMembers(transaction: Transaction<Schema>, tenant: string, members: ObjectBatch['members']) {
  const pairs = members.flatMap(({ group, add }) => add.map((anchor) => ({ tenant, group_anchor: group, anchor })));
  const added: { group_anchor: string; anchor: string }[] = [];
  for (const values of chunk(pairs)) {
    const rows = await transaction
      .insertInto('members')
      .values(values)
      .onConflict((conflict) => conflict.columns(['tenant', 'group_anchor', 'anchor']).doNothing())
      .returning(['group_anchor', 'anchor'])
      .execute();
    for (const row of rows) added.push(row);
  }
  return added;
}

/** Removes all members of a group. */
export async function removeAllMembers(transaction: Transaction<Schema>, tenant: string, group: string): Promise<void> {
  await transaction.deleteFrom('members').where('tenant', '=', tenant).where('group_anchor', '=', group).execute();
}

/** A page of a group's members. @throws {DirectoryError} `group_unknown`: no such group, or it is deleted. */
export async function loadMembers(
  database: Kysely<Schema>,
  tenant: string,
  { group, after, limit }: { group: string; after: string | undefined; limit: number },
): Promise<MembersResponse> {
  const known = await database
    .selectFrom('objects')
    .select('anchor')
    .where('tenant', '=', tenant)
    .where('anchor', '=', group)
    .where('type', '=', 'group')
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (known === undefined) throw new DirectoryError('group_unknown');
  const rows = await database
    .selectFrom('members')
    .select('anchor')
    .where('tenant', '=', tenant)
    .where('group_anchor', '=', group)
    .where('anchor', '>', after ?? '')
    .orderBy('anchor')
    .limit(limit + 1)
    .execute();
  return { members: rows.slice(0, limit).map(({ anchor }) => anchor), more: rows.length > limit };
}
