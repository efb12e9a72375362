import { DirectoryError, type CredentialBatch, type CredentialReceipt } from '@causeway/contract';
import { formatCredentialVersion, parseCredentialVersion } from '@causeway/model';
import type { Transaction } from 'kysely';
import { decideCredential, readSealedKeyId, type CredentialIdentity } from '../rules/credential.ts';
import type { Schema } from './schema.ts';
import { assignSequences, chunk, lockTenant, moveCursor, type BatchOrigin } from './stream.ts';

/**
 * Stores a batch of sealed credentials with its cursor; an older version never takes the place of a newer one.
 *
 * @throws {DirectoryError} `key_not_registered`, `key_mismatch`, `invalid_request`, `cursor_conflict`; nothing is stored.
 */
export async function acceptCredentials(
  transaction: Transaction<Schema>,
  origin: BatchOrigin,
  batch: CredentialBatch,
): Promise<CredentialReceipt> {
  const { feed_head: feedHead, key_id: registered } = await lockTenant(transaction, origin.tenant);
  requireKey(registered, batch);
  await moveCursor(transaction, origin, 'credential', batch);
  const stored = await loadIdentities(transaction, origin.tenant, batch);
  const { rows, receipt } = planCredentials(origin, batch, stored);
  const sequenced = await assignSequences(transaction, { id: origin.tenant, feedHead, at: origin.at }, rows);
  for (const values of chunk(sequenced)) {
    await transaction
      .insertInto('users')
      .values(values)
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'anchor']).doUpdateSet((eb) => ({
          sequence: eb.ref('excluded.sequence'),
          credential_version: eb.ref('excluded.credential_version'),
          sealed: eb.ref('excluded.sealed'),
          key_id: eb.ref('excluded.key_id'),
          credential_accepted_at: eb.ref('excluded.credential_accepted_at'),
        })),
      )
      .execute();
  }
  return receipt;
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
  if (odd >= 0) {
    throw new DirectoryError('invalid_request', {
      details: {
        fields: [
          {
            path: `credentials.${odd}.sealed`,
            problem: `expected sealed credential format 1, sealed to ${batch.keyId}`,
          },
        ],
      },
    });
  }
}

async function loadIdentities(
  transaction: Transaction<Schema>,
  tenant: string,
  batch: CredentialBatch,
): Promise<Map<string, CredentialIdentity>> {
  const stored = new Map<string, CredentialIdentity>();
  for (const anchors of chunk(batch.credentials.map(({ anchor }) => anchor))) {
    const rows = await transaction
      .selectFrom('users')
      .select(['anchor', 'credential_version', 'key_id'])
      .where('tenant', '=', tenant)
      .where('anchor', 'in', anchors)
      .execute();
    for (const { anchor, credential_version: text, key_id: keyId } of rows) {
      const version = text === null ? undefined : parseCredentialVersion(text);
      if (version !== undefined && keyId !== null) stored.set(anchor, { version, keyId });
    }
  }
  return stored;
}

/** The rows to write, one an anchor, and the counts of all entries. */
function planCredentials(origin: BatchOrigin, batch: CredentialBatch, stored: Map<string, CredentialIdentity>) {
  const rows = new Map<string, ReturnType<typeof toRow>>();
  const receipt: CredentialReceipt = { accepted: 0, unchanged: 0, superseded: 0 };
  for (const credential of batch.credentials) {
    const offered = { version: credential.version, keyId: batch.keyId };
    const decision = decideCredential(stored.get(credential.anchor) ?? null, offered);
    receipt[decision] += 1;
    if (decision === 'accepted') {
      stored.set(credential.anchor, offered);
      rows.set(credential.anchor, toRow(origin, batch.keyId, credential));
    }
  }
  return { rows: rows.values(), receipt };
}

function toRow(origin: BatchOrigin, keyId: string, credential: CredentialBatch['credentials'][number]) {
  return {
    tenant: origin.tenant,
    anchor: credential.anchor,
    source: origin.source,
    credential_version: formatCredentialVersion(credential.version),
    sealed: credential.sealed,
    key_id: keyId,
    credential_accepted_at: origin.at,
  };
}
