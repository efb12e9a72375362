import { DirectoryError, type Change, type ChangesResponse } from '@causeway/contract';
import { parseCredentialVersion } from '@causeway/model';
import type { Kysely } from 'kysely';
import { bytesOf } from './bytes.ts';
import type { Schema } from './schema.ts';
import { parseUser } from './user-text.ts';

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
    .selectFrom('users')
    .select(['sequence', 'anchor', 'source', 'user', 'credential_version', 'sealed'])
    .where('tenant', '=', tenant)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit + 1)
    .execute();
  if (rows.length === 0) await requireKnownPosition(database, tenant, after);
  const page = rows.slice(0, limit);
  return {
    changes: page.map(toChange),
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

function toChange(row: {
  sequence: number;
  anchor: string;
  source: string;
  user: string | null;
  credential_version: string | null;
  sealed: Uint8Array | null;
}): Change {
  const version = row.credential_version === null ? undefined : parseCredentialVersion(row.credential_version);
  return {
    sequence: row.sequence,
    anchor: row.anchor,
    source: row.source,
    user: row.user === null ? null : parseUser(row.user),
    credential: version === undefined || row.sealed === null ? null : { version, sealed: bytesOf(row.sealed) },
  };
}
