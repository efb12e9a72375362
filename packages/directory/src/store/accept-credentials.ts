import {
  DirectoryError,
  type CredentialBatch,
  type CredentialReceipt,
  type MissingCredentialsRequest,
  type MissingCredentialsResponse,
} from '@causeway/contract';
import { formatCredentialVersion, parseCredentialVersion, type KeyId } from '@causeway/model';
import type { Kysely, Transaction } from 'kysely';
import { decideCredential, readSealedKeyId, type CredentialIdentity } from '../rules/credential.ts';
import type { Schema } from './schema.ts';
import { assignSequences, chunk, lockTenant, requireContinuation, type LockedTenant } from './stream.ts';

/** Where a batch of credentials belongs, and when it arrived. */
export interface CredentialOrigin {
  readonly tenant: string;
  readonly source: string;
  readonly at: string;
}

/**
 * Stores a batch of sealed credentials with its cursor; an older version never takes the place of a newer one.
 *
 * @throws {DirectoryError} `password_sync_disabled`, `temporary_password_refused`, `key_not_registered`, `key_mismatch`,
 * `invalid_request`, `cursor_conflict`; nothing is stored.
 */
export async function acceptCredentials(
  transaction: Transaction<Schema>,
  origin: CredentialOrigin,
  batch: CredentialBatch,
): Promise<CredentialReceipt> {
  const tenant = await lockTenant(transaction, origin.tenant);
  requireFeatures(tenant, batch);
  requireKey(tenant.keyId, batch);
  await requireSynchronizedUsers(transaction, tenant.id, batch.credentials);
  await moveCursor(transaction, origin, batch);
  const stored = await loadIdentities(transaction, origin.tenant, batch.credentials);
  const { rows, receipt } = planCredentials(origin, batch, stored);
  const sequenced = await assignSequences(transaction, tenant, { at: origin.at, rows });
  for (const values of chunk(sequenced)) {
    await transaction
      .insertInto('objects')
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'anchor']).doUpdateSet((eb) => ({
          sequence: eb.ref('excluded.sequence'),
          credential_version: eb.ref('excluded.credential_version'),
          sealed: eb.ref('excluded.sealed'),
          key_id: eb.ref('excluded.key_id'),
          must_change: eb.ref('excluded.must_change'),
          credential_accepted_at: eb.ref('excluded.credential_accepted_at'),
        })),
      )
      .execute();
  }
  return receipt;
}

/** Which of these credentials {@link acceptCredentials} would store, sealed to that key. */
export async function findMissingCredentials(
  database: Kysely<Schema>,
  tenant: string,
  { keyId, credentials }: MissingCredentialsRequest,
): Promise<MissingCredentialsResponse> {
  const stored = await loadIdentities(database, tenant, credentials);
  const isMissing = (credential: MissingCredentialsRequest['credentials'][number]): boolean =>
    decideCredential(stored.get(credential.anchor) ?? null, identify(credential, keyId)) === 'accepted';
  return { missing: credentials.filter(isMissing).map(({ anchor }) => anchor) };
}

function identify(
  { version, mustChangePassword }: MissingCredentialsRequest['credentials'][number],
  keyId: KeyId,
): CredentialIdentity {
  return { version, keyId, mustChangePassword: mustChangePassword === true };
}

function requireFeatures({ settings: { features } }: LockedTenant, batch: CredentialBatch): void {
  if (!features.PasswordHashSync) throw new DirectoryError('password_sync_disabled');
  const temporary = batch.credentials.some(({ mustChangePassword }) => mustChangePassword);
  if (temporary && !features.ForcePasswordChangeOnLogOn) throw new DirectoryError('temporary_password_refused');
}

function requireKey(registered: string | null, batch: CredentialBatch): void {
  if (registered === null) throw new DirectoryError('key_not_registered');
  if (registered !== batch.keyId) {
    throw new DirectoryError('key_mismatch', {
      message: `The batch is sealed to key ${batch.keyId}, the tenant's key is ${registered}.`,
      details: { registeredKeyId: registered },
    });
  }
  const odd = batch.credentials.findIndex(({ sealed }) => readSealedKeyId(sealed) !== batch.keyId);
  if (odd >= 0) throw refuseEntry(odd, 'sealed', `expected sealed credential format 1, sealed to ${batch.keyId}`);
}

function refuseEntry(index: number, field: string, problem: string): DirectoryError {
  return new DirectoryError('invalid_request', {
    details: { fields: [{ path: `credentials.${index}.${field}`, problem }] },
  });
}

/** Moves the cursor of a source's credentials to the end of a batch. @throws {DirectoryError} `cursor_conflict`. */
async function moveCursor(
  transaction: Transaction<Schema>,
  origin: CredentialOrigin,
  batch: { from: string | null; to: string },
): Promise<void> {
  const stored = await transaction
    .selectFrom('sources')
    .select(['credential_from as from', 'credential_cursor as to'])
    .where('tenant', '=', origin.tenant)
    .where('id', '=', origin.source)
    .executeTakeFirst();
  requireContinuation(stored ?? { from: null, to: null }, batch, `credentials from ${origin.source}`);
  const position = {
    credential_from: batch.from,
    credential_cursor: batch.to,
    credential_accepted_at: origin.at,
  };
  await transaction
    .insertInto('sources')
    .values({ tenant: origin.tenant, id: origin.source, ...position })
    .onConflict((conflict) => conflict.columns(['tenant', 'id']).doUpdateSet(position))
    .execute();
}

async function loadIdentities(
  database: Kysely<Schema>,
  tenant: string,
  credentials: readonly { anchor: string }[],
): Promise<Map<string, CredentialIdentity>> {
  const stored = new Map<string, CredentialIdentity>();
  for (const anchors of chunk(credentials.map(({ anchor }) => anchor))) {
    const rows = await database
      .selectFrom('objects')
      .select(['anchor', 'credential_version', 'key_id', 'must_change'])
      .where('tenant', '=', tenant)
      .where('anchor', 'in', anchors)
      .execute();
    for (const { anchor, credential_version: text, key_id: keyId, must_change: mustChange } of rows) {
      const version = text === null ? undefined : parseCredentialVersion(text);
      if (version === undefined || keyId === null) continue;
      stored.set(anchor, { version, keyId, mustChangePassword: mustChange === 1 });
    }
  }
  return stored;
}

/** @throws {DirectoryError} `invalid_request`: a credential is for a cloud-only user, or for a group. */
async function requireSynchronizedUsers(
  transaction: Transaction<Schema>,
  tenant: string,
  credentials: readonly { anchor: string }[],
): Promise<void> {
  for (const anchors of chunk(credentials.map(({ anchor }) => anchor))) {
    const other = await transaction
      .selectFrom('objects')
      .select('anchor')
      .where('tenant', '=', tenant)
      .where('anchor', 'in', anchors)
      .where((eb) => eb.or([eb('cloud_only', '=', 1), eb('type', '=', 'group')]))
      .executeTakeFirst();
    if (other === undefined) continue;
    const index = credentials.findIndex(({ anchor }) => anchor === other.anchor);
    throw refuseEntry(index, 'anchor', 'expected the anchor of a user of a source');
  }
}

/** The rows to write, one an anchor, and the counts of all entries. */
function planCredentials(origin: CredentialOrigin, batch: CredentialBatch, stored: Map<string, CredentialIdentity>) {
  const rows = new Map<string, ReturnType<typeof toRow>>();
  const receipt: CredentialReceipt = { accepted: 0, unchanged: 0, superseded: 0 };
  for (const credential of batch.credentials) {
    const offered = identify(credential, batch.keyId);
    const decision = decideCredential(stored.get(credential.anchor) ?? null, offered);
    receipt[decision] += 1;
    if (decision === 'accepted') {
      stored.set(credential.anchor, offered);
      rows.set(credential.anchor, toRow(origin, batch.keyId, credential));
    }
  }
  return { rows: rows.values(), receipt };
}

function toRow(origin: CredentialOrigin, keyId: string, credential: CredentialBatch['credentials'][number]) {
  return {
    tenant: origin.tenant,
    anchor: credential.anchor,
    source: origin.source,
    credential_version: formatCredentialVersion(credential.version),
    sealed: credential.sealed,
    key_id: keyId,
    must_change: credential.mustChangePassword === true ? 1 : 0,
    credential_accepted_at: origin.at,
  };
}
