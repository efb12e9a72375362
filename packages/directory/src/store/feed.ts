import { DirectoryError, type Change, type ChangesResponse } from '@causeway/contract';
import { parseCredentialVersion } from '@causeway/model';
import type { Kysely } from 'kysely';
import { bytesOf } from './bytes.ts';
import type { ObjectsRow, Schema } from './schema.ts';
import { parseUser } from './object-text.ts';

/**
 * A page of the tenant's change feed after a sequence.
 *
 * @throws {DirectoryError} `feed_position_unknown`: the feed has not come as far as `after`.
 */
export async function loadChanges(
  database: Kysely<Schema>,
  tenant: string,
  { after, limit }: { after: number; limit: number },
): Promise<ChangesResponse> {
  const rows = await database
    .selectFrom('objects')
    .select([
      'sequence',
      'anchor',
      'previous_anchor',
      'source',
      'deleted_at',
      'object',
      'credential_version',
      'sealed',
      'must_change',
    ])
    .where('tenant', '=', tenant)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit + 1)
    .execute();
  if (rows.length === 0) await requireKnownPosition(database, tenant, after);
  const page = rows.slice(0, limit);
  return {
    changes: page.flatMap((row) => toChange(row) ?? []),
    next: page.at(-1)?.sequence ?? after,
    more: rows.length > limit,
  };
}

async function requireKnownPosition(database: Kysely<Schema>, tenant: string, after: number): Promise<void> {
  const { feed_head: feedHead } = await database
    .selectFrom('tenants')
    .select('feed_head')
    .where('id', '=', tenant)
    .executeTakeFirstOrThrow();
  if (after <= feedHead) return;
  throw new DirectoryError('feed_position_unknown', {
    message: `The change feed ends at ${feedHead}, before ${after}: the directory was restored from an older copy or made anew.`,
    details: { feedHead },
  });
}

type FeedRow = Pick<
  ObjectsRow,
  | 'sequence'
  | 'anchor'
  | 'previous_anchor'
  | 'source'
  | 'deleted_at'
  | 'object'
  | 'credential_version'
  | 'sealed'
  | 'must_change'
>;

/** The user of a row; undefined for a row of another type, which has no place in the feed either. */
function toChange(row: FeedRow): Change | undefined {
  if (row.sequence === null) return undefined;
  const version = row.credential_version === null ? undefined : parseCredentialVersion(row.credential_version);
  return {
    sequence: row.sequence,
    anchor: row.anchor,
    previousAnchor: row.previous_anchor,
    source: row.source,
    deleted: row.deleted_at !== null,
    user: row.object === null ? null : parseUser(row.object),
    credential:
      version === undefined || row.sealed === null
        ? null
        : { version, sealed: bytesOf(row.sealed), mustChangePassword: row.must_change === 1 },
  };
}
