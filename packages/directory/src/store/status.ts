import type { StatusResponse, UserExplanation } from '@causeway/contract';
import { outcomeStatuses, parseCredentialVersion, type OutcomeStatus } from '@causeway/model';
import { sql, type Kysely } from 'kysely';
import { explainUser } from '../rules/explain.ts';
import type { Schema } from './schema.ts';
import { foldName, parseUser } from './object-text.ts';

/** The tenant's counts and cursors' times; the agents are the caller's to add. */
export async function loadStatus(database: Kysely<Schema>, tenant: string): Promise<Omit<StatusResponse, 'agents'>> {
  const {
    key_id: keyId,
    key_registered_at: registeredAt,
    object_accepted_at: objectsAcceptedAt,
  } = await database
    .selectFrom('tenants')
    .select(['key_id', 'key_registered_at', 'object_accepted_at'])
    .where('id', '=', tenant)
    .executeTakeFirstOrThrow();
  const sources = await database
    .selectFrom('sources')
    .select(['id as source', 'credential_accepted_at as credentialsAcceptedAt'])
    .where('tenant', '=', tenant)
    .orderBy('id')
    .execute();
  return {
    tenant,
    key: keyId === null || registeredAt === null ? null : { keyId, registeredAt },
    ...(await countObjects(database, tenant)),
    outcomes: await countOutcomes(database, tenant),
    objectsAcceptedAt,
    sources,
  };
}

async function countObjects(database: Kysely<Schema>, tenant: string) {
  const counts = await database
    .selectFrom('objects')
    .leftJoin('outcomes', (join) =>
      join.onRef('outcomes.tenant', '=', 'objects.tenant').onRef('outcomes.anchor', '=', 'objects.anchor'),
    )
    .select((eb) => [
      sql<number>`count(case when type = 'user' and deleted_at is null then 1 end)`.as('users'),
      sql<number>`count(case when type = 'group' and deleted_at is null then 1 end)`.as('groups'),
      eb.fn.count<number>('objects.deleted_at').as('deleted'),
      eb.fn.count<number>('objects.credential_version').as('credentials'),
      sql<number>`count(case when objects.sequence > coalesce(outcomes.sequence, 0) then 1 end)`.as('waitingForDomain'),
      sql<number>`coalesce(max(objects.sequence), 0)`.as('feedHead'),
    ])
    .where('objects.tenant', '=', tenant)
    .executeTakeFirstOrThrow();
  const { users, groups, deleted, credentials, waitingForDomain, feedHead } = counts;
  return { users, groups, deleted, credentials, waitingForDomain, feedHead };
}

async function countOutcomes(database: Kysely<Schema>, tenant: string): Promise<StatusResponse['outcomes']> {
  const rows = await database
    .selectFrom('outcomes')
    .select((eb) => ['status', eb.fn.countAll<number>().as('count')])
    .where('tenant', '=', tenant)
    .groupBy('status')
    .execute();
  const counts = Object.fromEntries(outcomeStatuses.map((status) => [status, 0])) as Record<OutcomeStatus, number>;
  for (const { status, count } of rows) counts[status as OutcomeStatus] = count;
  return counts;
}

/**
 * The explanations of the user with this source anchor, or else of those with this account name or user principal name:
 * deleted ones only when nobody else has it.
 */
export async function loadExplanations(
  database: Kysely<Schema>,
  tenant: string,
  anchorOrName: string,
): Promise<UserExplanation[]> {
  const byAnchor = await loadUserRows(database, tenant, { anchor: anchorOrName });
  if (byAnchor.length > 0) return byAnchor.map(toExplanation);
  const byName = await loadUserRows(database, tenant, { name: foldName(anchorOrName) });
  const live = byName.filter((row) => row.deleted_at === null);
  return (live.length > 0 ? live : byName).map(toExplanation);
}

async function loadUserRows(database: Kysely<Schema>, tenant: string, sought: { anchor: string } | { name: string }) {
  return database
    .selectFrom('objects')
    .innerJoin('tenants', 'tenants.id', 'objects.tenant')
    .leftJoin('outcomes', (join) =>
      join.onRef('outcomes.tenant', '=', 'objects.tenant').onRef('outcomes.anchor', '=', 'objects.anchor'),
    )
    .select([
      'objects.anchor',
      'objects.source',
      'objects.sequence',
      'objects.object',
      'objects.object_accepted_at',
      'objects.object_id',
      'objects.deleted_at',
      'objects.credential_version',
      'objects.key_id',
      'objects.credential_accepted_at',
      'tenants.key_id as registered_key_id',
      'outcomes.sequence as outcome_sequence',
      'outcomes.status as outcome_status',
      'outcomes.credential_version as outcome_version',
      'outcomes.reason as outcome_reason',
      'outcomes.at as outcome_at',
    ])
    .where('objects.tenant', '=', tenant)
    .where('objects.sequence', 'is not', null)
    .where((eb) =>
      'anchor' in sought
        ? eb('objects.anchor', '=', sought.anchor)
        : eb.or([eb('objects.account_name', '=', sought.name), eb('objects.user_principal_name', '=', sought.name)]),
    )
    .orderBy('objects.deleted_at', 'asc')
    .orderBy('objects.anchor')
    .limit(10)
    .execute();
}

type UserRow = Awaited<ReturnType<typeof loadUserRows>>[number];

function toExplanation(row: UserRow): UserExplanation {
  const user = row.object === null ? null : parseUser(row.object);
  const version = row.credential_version === null ? undefined : parseCredentialVersion(row.credential_version);
  const outcome = toOutcome(row);
  const sequence = row.sequence ?? 0;
  const explained = explainUser({
    sequence,
    deleted: row.deleted_at !== null,
    accountEnabled: user?.accountEnabled,
    sealedTo: row.key_id ?? undefined,
    registeredKeyId: row.registered_key_id,
    outcome,
  });
  return {
    anchor: row.anchor,
    objectId: row.object_id,
    source: row.source,
    user,
    sequence,
    ...explained,
    stages: {
      userAcceptedAt: row.object_accepted_at,
      deletedAt: row.deleted_at,
      passwordChangedAt: version?.changedAt ?? null,
      credentialAcceptedAt: row.credential_accepted_at,
      outcomeAt: row.outcome_at,
    },
    credential: version === undefined || row.key_id === null ? null : { version, keyId: row.key_id },
    outcome,
  };
}

function toOutcome(row: UserRow): UserExplanation['outcome'] {
  if (row.outcome_sequence === null || row.outcome_status === null) return null;
  return {
    sequence: row.outcome_sequence,
    status: row.outcome_status as OutcomeStatus,
    version: (row.outcome_version === null ? undefined : parseCredentialVersion(row.outcome_version)) ?? null,
    reason: row.outcome_reason,
  };
}
