import type { StatusResponse, UserExplanation } from '@causeway/contract';
import { outcomeStatuses, parseCredentialVersion, type OutcomeStatus } from '@causeway/model';
import { sql, type Kysely } from 'kysely';
import { explainUser } from '../rules/explain.ts';
import type { Schema } from './schema.ts';
import { foldName, parseUser } from './user-text.ts';

/** The tenant's counts and cursors' times; the agents are the caller's to add. */
export async function loadStatus(database: Kysely<Schema>, tenant: string): Promise<Omit<StatusResponse, 'agents'>> {
  const {
    key_id: keyId,
    key_registered_at: registeredAt,
    feed_head: feedHead,
  } = await database
    .selectFrom('tenants')
    .select(['key_id', 'key_registered_at', 'feed_head'])
    .where('id', '=', tenant)
    .executeTakeFirstOrThrow();
  const sources = await database
    .selectFrom('sources')
    .select([
      'id as source',
      'object_accepted_at as objectsAcceptedAt',
      'credential_accepted_at as credentialsAcceptedAt',
    ])
    .where('tenant', '=', tenant)
    .orderBy('id')
    .execute();
  return {
    tenant,
    key: keyId === null || registeredAt === null ? null : { keyId, registeredAt },
    ...(await countUsers(database, tenant)),
    outcomes: await countOutcomes(database, tenant),
    feedHead,
    sources,
  };
}

async function countUsers(database: Kysely<Schema>, tenant: string) {
  const counts = await database
    .selectFrom('users')
    .leftJoin('outcomes', (join) =>
      join.onRef('outcomes.tenant', '=', 'users.tenant').onRef('outcomes.anchor', '=', 'users.anchor'),
    )
    .select((eb) => [
      eb.fn.count<number>('users.user').as('users'),
      eb.fn.count<number>('users.credential_version').as('credentials'),
      sql<number>`count(case when outcomes.sequence is null or outcomes.sequence < users.sequence then 1 end)`.as(
        'waitingForDomain',
      ),
    ])
    .where('users.tenant', '=', tenant)
    .executeTakeFirstOrThrow();
  return {
    users: counts.users,
    credentials: counts.credentials,
    waitingForDomain: counts.waitingForDomain,
  };
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

/** The explanations of the users with this source anchor, or else with this account name or user principal name. */
export async function loadExplanations(
  database: Kysely<Schema>,
  tenant: string,
  anchorOrName: string,
): Promise<UserExplanation[]> {
  const byAnchor = await loadUserRows(database, tenant, { anchor: anchorOrName });
  const rows = byAnchor.length > 0 ? byAnchor : await loadUserRows(database, tenant, { name: foldName(anchorOrName) });
  return rows.map(toExplanation);
}

async function loadUserRows(database: Kysely<Schema>, tenant: string, sought: { anchor: string } | { name: string }) {
  return database
    .selectFrom('users')
    .innerJoin('tenants', 'tenants.id', 'users.tenant')
    .leftJoin('outcomes', (join) =>
      join.onRef('outcomes.tenant', '=', 'users.tenant').onRef('outcomes.anchor', '=', 'users.anchor'),
    )
    .select([
      'users.anchor',
      'users.source',
      'users.sequence',
      'users.user',
      'users.user_accepted_at',
      'users.credential_version',
      'users.key_id',
      'users.credential_accepted_at',
      'tenants.key_id as registered_key_id',
      'outcomes.sequence as outcome_sequence',
      'outcomes.status as outcome_status',
      'outcomes.credential_version as outcome_version',
      'outcomes.reason as outcome_reason',
      'outcomes.at as outcome_at',
    ])
    .where('users.tenant', '=', tenant)
    .where((eb) =>
      'anchor' in sought
        ? eb('users.anchor', '=', sought.anchor)
        : eb.or([eb('users.account_name', '=', sought.name), eb('users.user_principal_name', '=', sought.name)]),
    )
    .orderBy('users.anchor')
    .limit(10)
    .execute();
}

type UserRow = Awaited<ReturnType<typeof loadUserRows>>[number];

function toExplanation(row: UserRow): UserExplanation {
  const user = row.user === null ? null : parseUser(row.user);
  const version = row.credential_version === null ? undefined : parseCredentialVersion(row.credential_version);
  const outcome = toOutcome(row);
  const explained = explainUser({
    sequence: row.sequence,
    accountEnabled: user?.accountEnabled,
    sealedTo: row.key_id ?? undefined,
    registeredKeyId: row.registered_key_id,
    outcome,
  });
  return {
    anchor: row.anchor,
    source: row.source,
    user,
    sequence: row.sequence,
    ...explained,
    stages: {
      userAcceptedAt: row.user_accepted_at,
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
