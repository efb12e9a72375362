import type {
  ChangesResponse,
  CredentialBatch,
  CredentialReceipt,
  KeyRequest,
  KeyResponse,
  ObjectBatch,
  ObjectReceipt,
  Outcome,
  OutcomesResponse,
  SourceResponse,
  StatusResponse,
  TenantResponse,
  UserExplanation,
} from '@causeway/contract';
import type { Kysely } from 'kysely';
import { acceptCredentials } from './accept-credentials.ts';
import { acceptObjects } from './accept-objects.ts';
import { loadChanges } from './feed.ts';
import { saveOutcomes } from './outcomes.ts';
import type { Schema } from './schema.ts';
import { loadExplanations, loadStatus } from './status.ts';
import type { BatchOrigin } from './stream.ts';
import { loadTenant, saveKey } from './tenants.ts';

/** When an agent was last seen, and how far a domain agent has confirmed the feed. */
export interface AgentSighting {
  readonly tenant: string;
  readonly agent: string;
  readonly lastSeenAt: string;
  readonly feedPosition: number | null;
}

/**
 * Everything the directory keeps. Each method is one transaction: when it resolves, all of it is on disk; when it rejects,
 * none of it is. The tenants must have been added before.
 */
export class DirectoryStore {
  readonly #database: Kysely<Schema>;

  constructor(database: Kysely<Schema>) {
    this.#database = database;
  }

  /** Adds the tenants that are not there yet. */
  async addTenants(tenants: readonly string[]): Promise<void> {
    await this.#database
      .insertInto('tenants')
      .values(tenants.map((id) => ({ id, feed_head: 0 })))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async loadTenant(tenant: string): Promise<TenantResponse> {
    return loadTenant(this.#database, tenant);
  }

  /** @throws {DirectoryError} `key_conflict`. */
  async saveKey(tenant: string, key: KeyRequest, at: string): Promise<KeyResponse> {
    return this.#database.transaction().execute((transaction) => saveKey(transaction, tenant, { key, at }));
  }

  async loadSource(tenant: string, source: string): Promise<SourceResponse> {
    const row = await this.#database
      .selectFrom('sources')
      .select(['object_cursor as objectCursor', 'credential_cursor as credentialCursor'])
      .where('tenant', '=', tenant)
      .where('id', '=', source)
      .executeTakeFirst();
    return row ?? { objectCursor: null, credentialCursor: null };
  }

  /** @throws {DirectoryError} `cursor_conflict`. */
  async acceptObjects(origin: BatchOrigin, batch: ObjectBatch): Promise<ObjectReceipt> {
    return this.#database.transaction().execute((transaction) => acceptObjects(transaction, origin, batch));
  }

  /** @throws {DirectoryError} `cursor_conflict`, `key_mismatch`, `key_not_registered`, `invalid_request`. */
  async acceptCredentials(origin: BatchOrigin, batch: CredentialBatch): Promise<CredentialReceipt> {
    return this.#database.transaction().execute((transaction) => acceptCredentials(transaction, origin, batch));
  }

  /** @throws {DirectoryError} `feed_position_unknown`. */
  async loadChanges(tenant: string, page: { after: number; limit: number }): Promise<ChangesResponse> {
    return loadChanges(this.#database, tenant, page);
  }

  async saveOutcomes(tenant: string, outcomes: readonly Outcome[]): Promise<OutcomesResponse> {
    return this.#database.transaction().execute((transaction) => saveOutcomes(transaction, tenant, outcomes));
  }

  async loadStatus(tenant: string): Promise<Omit<StatusResponse, 'agents'>> {
    return this.#database.transaction().execute((transaction) => loadStatus(transaction, tenant));
  }

  /** All users that the text names: none, one, or several with the same name; at most ten. */
  async loadExplanations(tenant: string, anchorOrName: string): Promise<UserExplanation[]> {
    return loadExplanations(this.#database, tenant, anchorOrName);
  }

  async loadSightings(): Promise<AgentSighting[]> {
    return this.#database
      .selectFrom('agents')
      .select(['tenant', 'id as agent', 'last_seen_at as lastSeenAt', 'feed_position as feedPosition'])
      .execute();
  }

  async saveSightings(sightings: readonly AgentSighting[]): Promise<void> {
    if (sightings.length === 0) return;
    await this.#database
      .insertInto('agents')
      .values(
        sightings.map(({ tenant, agent, lastSeenAt, feedPosition }) => ({
          tenant,
          id: agent,
          last_seen_at: lastSeenAt,
          feed_position: feedPosition,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['tenant', 'id']).doUpdateSet((eb) => ({
          last_seen_at: eb.ref('excluded.last_seen_at'),
          feed_position: eb.ref('excluded.feed_position'),
        })),
      )
      .execute();
  }

  /** Whether the database answers. @throws when it does not. */
  async ping(): Promise<void> {
    await this.#database.selectFrom('tenants').select('id').limit(1).execute();
  }

  async close(): Promise<void> {
    await this.#database.destroy();
  }
}
