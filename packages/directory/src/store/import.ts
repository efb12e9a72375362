import { DirectoryError, type ObjectsResponse, type TenantObject } from '@causeway/contract';
import type { Kysely } from 'kysely';
import { noMembers } from './members.ts';
import { parseGroup, parseUser } from './object-text.ts';
import type { ObjectsRow, Schema } from './schema.ts';

/**
 * A page of the tenant's objects after a sequence.
 *
 * @throws {DirectoryError} `feed_position_unknown`: the tenant has not come as far as `after`, or an object that was
 * deleted after it is not kept any more.
 */
export async function loadObjects(
  database: Kysely<Schema>,
  tenant: string,
  { after, limit }: { after: number; limit: number },
): Promise<ObjectsResponse> {
  const head = await database
    .selectFrom('tenants')
    .select(['feed_head', 'purged_sequence', 'object_cursor'])
    .where('id', '=', tenant)
    .executeTakeFirstOrThrow();
  requireKnownPosition(head, after);
  const rows = await database
    .selectFrom('objects')
    .select([
      'object_sequence',
      'anchor',
      'object_id',
      'type',
      'source',
      'cloud_only',
      'administrator',
      'deleted_at',
      'object',
      'member_count',
      'member_digest',
    ])
    .where('tenant', '=', tenant)
    .where('object_sequence', '>', after)
    .orderBy('object_sequence')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const more = rows.length > limit;
  const last = page.at(-1)?.object_sequence ?? after;
  return {
    objects: page.flatMap((row) => toTenantObject(row) ?? []),
    // Whoever has read everything has no need of what was purged before.
    next: more ? last : Math.max(last, head.purged_sequence),
    more,
    objectCursor: head.object_cursor,
    total: await countObjects(database, tenant),
  };
}

function requireKnownPosition(head: { feed_head: number; purged_sequence: number }, after: number): void {
  const { feed_head: feedHead, purged_sequence: purged } = head;
  if (after > feedHead) {
    throw new DirectoryError('feed_position_unknown', {
      message: `The changes of objects end at ${feedHead}, before ${after}: the directory was restored from an older copy or made anew.`,
      details: { feedHead },
    });
  }
  if (after === 0 || after >= purged) return;
  throw new DirectoryError('feed_position_unknown', {
    message: `Objects that were deleted after ${after} are not kept any more.`,
    details: { feedHead },
  });
}

async function countObjects(database: Kysely<Schema>, tenant: string): Promise<ObjectsResponse['total']> {
  const rows = await database
    .selectFrom('objects')
    .select((eb) => ['type', eb.fn.countAll<number>().as('count')])
    .where('tenant', '=', tenant)
    .where('cloud_only', '=', 0)
    .where('deleted_at', 'is', null)
    .groupBy('type')
    .execute();
  const countOf = (type: string) => rows.find((row) => row.type === type)?.count ?? 0;
  return { users: countOf('user'), groups: countOf('group') };
}

type ImportedRow = Pick<
  ObjectsRow,
  | 'object_sequence'
  | 'anchor'
  | 'object_id'
  | 'type'
  | 'source'
  | 'cloud_only'
  | 'administrator'
  | 'deleted_at'
  | 'object'
  | 'member_count'
  | 'member_digest'
>;

/** The object of a row; undefined for a row without one, which has no place in the order of objects either. */
function toTenantObject(row: ImportedRow): TenantObject | undefined {
  const { object_sequence: sequence, object_id: objectId, object, type } = row;
  if (sequence === null || objectId === null || object === null || type === null) return undefined;
  const common = {
    sequence,
    anchor: row.anchor,
    objectId,
    source: row.source,
    cloudOnly: row.cloud_only === 1,
    deleted: row.deleted_at !== null,
  };
  if (type === 'user') return { ...common, type, administrator: row.administrator === 1, user: parseUser(object) };
  return {
    ...common,
    type,
    group: parseGroup(object),
    memberCount: row.member_count,
    memberDigest: row.member_digest ?? noMembers.member_digest,
  };
}
