import type { Outcome, OutcomesResponse } from '@causeway/contract';
import { formatCredentialVersion } from '@causeway/model';
import type { Transaction } from 'kysely';
import { decideOutcome } from '../rules/outcome.ts';
import type { Schema } from './schema.ts';
import { chunk, lockTenant } from './stream.ts';

interface StoredOutcome {
  readonly sequence: number;
  readonly at: string;
}

/** Stores what became of changes; late and repeated reports change nothing. */
export async function saveOutcomes(
  transaction: Transaction<Schema>,
  tenant: string,
  outcomes: readonly Outcome[],
): Promise<OutcomesResponse> {
  await lockTenant(transaction, tenant);
  const { users, stored } = await loadReported(transaction, tenant, outcomes);
  const rows = new Map<string, ReturnType<typeof toRow>>();
  let accepted = 0;
  for (const outcome of outcomes) {
    if (decideOutcome(users.get(outcome.anchor), stored.get(outcome.anchor), outcome) === 'ignored') continue;
    accepted += 1;
    stored.set(outcome.anchor, outcome);
    rows.set(outcome.anchor, toRow(tenant, outcome));
  }
  for (const values of chunk([...rows.values()])) {
    await transaction
      .insertInto('outcomes')
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'anchor']).doUpdateSet((eb) => ({
          sequence: eb.ref('excluded.sequence'),
          status: eb.ref('excluded.status'),
          credential_version: eb.ref('excluded.credential_version'),
          reason: eb.ref('excluded.reason'),
          at: eb.ref('excluded.at'),
        })),
      )
      .execute();
  }
  return { accepted, ignored: outcomes.length - accepted };
}

async function loadReported(transaction: Transaction<Schema>, tenant: string, outcomes: readonly Outcome[]) {
  const users = new Map<string, { sequence: number }>();
  const stored = new Map<string, StoredOutcome>();
  for (const anchors of chunk(outcomes.map(({ anchor }) => anchor))) {
    const rows = await transaction
      .selectFrom('objects')
      .leftJoin('outcomes', (join) =>
        join.onRef('outcomes.tenant', '=', 'objects.tenant').onRef('outcomes.anchor', '=', 'objects.anchor'),
      )
      .select(['objects.anchor', 'objects.sequence', 'outcomes.sequence as reported', 'outcomes.at'])
      .where('objects.tenant', '=', tenant)
      .where('objects.anchor', 'in', anchors)
      .execute();
    for (const { anchor, sequence, reported, at } of rows) {
      if (sequence !== null) users.set(anchor, { sequence });
      if (reported !== null && at !== null) stored.set(anchor, { sequence: reported, at });
    }
  }
  return { users, stored };
}

function toRow(tenant: string, outcome: Outcome) {
  return {
    tenant,
    anchor: outcome.anchor,
    sequence: outcome.sequence,
    status: outcome.status,
    credential_version: outcome.version === null ? null : formatCredentialVersion(outcome.version),
    reason: outcome.reason,
    at: outcome.at,
  };
}
