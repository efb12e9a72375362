import { DirectoryError } from '@causeway/contract';
import type { Transaction } from 'kysely';
import { decideCursor } from '../rules/cursor.ts';
import type { Schema } from './schema.ts';

/** Where a batch belongs, and when it arrived. */
export interface BatchOrigin {
  readonly tenant: string;
  readonly source: string;
  readonly at: string;
}

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

/** The tenant's row, locked against other writers until the transaction ends, so that sequences become visible in order. */
export async function lockTenant(transaction: Transaction<Schema>, tenant: string) {
  return transaction
    .updateTable('tenants')
    .set((eb) => ({ feed_head: eb.ref('feed_head') }))
    .where('id', '=', tenant)
    .returning(['feed_head', 'key_id', 'key_registered_at'])
    .executeTakeFirstOrThrow();
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
  tenant: { id: string; feedHead: number; at: string },
  rows: Iterable<Row>,
): Promise<(Row & { sequence: number })[]> {
  let sequence = Math.max(tenant.feedHead, Date.parse(tenant.at) * sequencesPerMs - 1);
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
 * Moves the cursor of one of a source's streams from the start of a batch to its end.
 *
 * @throws {DirectoryError} `cursor_conflict`: the batch does not start where the stream is.
 */
export async function moveCursor(
  transaction: Transaction<Schema>,
  origin: BatchOrigin,
  stream: 'object' | 'credential',
  batch: { from: string | null; to: string },
): Promise<void> {
  const row = await transaction
    .selectFrom('sources')
    .select([`${stream}_from as from`, `${stream}_cursor as to`])
    .where('tenant', '=', origin.tenant)
    .where('id', '=', origin.source)
    .executeTakeFirst();
  const stored = row ?? { from: null, to: null };
  if (decideCursor(stored, batch) === 'conflict') {
    throw new DirectoryError('cursor_conflict', {
      message:
        stored.to === null
          ? `The batch of ${stream}s from ${origin.source} continues a synchronization, but a full one is due.`
          : `The batch of ${stream}s from ${origin.source} does not start where the last accepted one ended.`,
      details: { storedCursor: stored.to },
    });
  }
  const position =
    stream === 'object'
      ? { object_from: batch.from, object_cursor: batch.to, object_accepted_at: origin.at }
      : { credential_from: batch.from, credential_cursor: batch.to, credential_accepted_at: origin.at };
  await transaction
    .insertInto('sources')
    .values({ tenant: origin.tenant, id: origin.source, ...position })
    .onConflict((conflict) => conflict.columns(['tenant', 'id']).doUpdateSet(position))
    .execute();
}
