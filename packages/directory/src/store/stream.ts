import { DirectoryError, type TenantSettings } from '@causeway/contract';
import type { Transaction } from 'kysely';
import { decideCursor, type AcceptedSpan } from '../rules/cursor.ts';
import type { Schema } from './schema.ts';
import { parseSettings } from './settings.ts';

/** Rows a statement: below the 32,766 parameters of SQLite and the 65,535 of PostgreSQL for every statement here. */
const rowsPerStatement = 500;

/** The rows in groups that one statement can take. */
export function chunk<Row>(rows: readonly Row[]): Row[][] {
  const chunks: Row[][] = [];
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    chunks.push(rows.slice(start, start + rowsPerStatement));
  }
  return chunks;
}

/** The tenant of a transaction, locked against other writers until it ends, so that sequences become visible in order. */
export interface LockedTenant {
  readonly id: string;
  readonly feedHead: number;
  readonly keyId: string | null;
  readonly keyRegisteredAt: string | null;
  readonly settings: TenantSettings;
  readonly objects: AcceptedSpan;
}

/** Locks the tenant's row. */
export async function lockTenant(transaction: Transaction<Schema>, tenant: string): Promise<LockedTenant> {
  const row = await transaction
    .updateTable('tenants')
    .set((eb) => ({ feed_head: eb.ref('feed_head') }))
    .where('id', '=', tenant)
    .returning(['feed_head', 'key_id', 'key_registered_at', 'settings', 'object_from', 'object_cursor'])
    .executeTakeFirstOrThrow();
  return {
    id: tenant,
    feedHead: row.feed_head,
    keyId: row.key_id,
    keyRegisteredAt: row.key_registered_at,
    settings: parseSettings(row.settings),
    objects: { from: row.object_from, to: row.object_cursor },
  };
}

/** Sequences that one millisecond has room for; all are exact numbers until the year 2255, when 2^53 is reached. */
const sequencesPerMs = 1_000;

/**
 * Gives each row the next sequence of the locked tenant: greater than the last one, also after the clock was set back,
 * and never below the time in microseconds since 1970.
 *
 * So a database that was restored from an older copy gives out none that it had given out before, and whoever had come
 * further than the copy misses nothing. This holds as long as the clock is not behind the one of before.
 */
export async function assignSequences<Row>(
  transaction: Transaction<Schema>,
  tenant: LockedTenant,
  { at, rows }: { at: string; rows: Iterable<Row> },
): Promise<(Row & { sequence: number })[]> {
  let sequence = Math.max(tenant.feedHead, Date.parse(at) * sequencesPerMs - 1);
  const sequenced = Array.from(rows, (row) => {
    sequence += 1;
    return { ...row, sequence };
  });
  if (sequenced.length > 0) {
    await transaction.updateTable('tenants').set({ feed_head: sequence }).where('id', '=', tenant.id).execute();
  }
  return sequenced;
}

/**
 * Lets a batch pass that goes on where its stream is.
 *
 * @param what names the stream for an administrator.
 * @throws {DirectoryError} `cursor_conflict`.
 */
export function requireContinuation(
  stored: AcceptedSpan,
  batch: { from: string | null; to: string },
  what: string,
): void {
  if (decideCursor(stored, batch) === 'accept') return;
  throw new DirectoryError('cursor_conflict', {
    message:
      stored.to === null
        ? `The batch of ${what} continues a synchronization, but a full one is due.`
        : `The batch of ${what} does not start where the last accepted one ended.`,
    details: { storedCursor: stored.to },
  });
}
