import type {
  ChangesResponse,
  CloudUserRequest,
  CloudUserResponse,
  CredentialBatch,
  CredentialReceipt,
  KeyRequest,
  KeyResponse,
  MembersResponse,
  MissingCredentialsRequest,
  MissingCredentialsResponse,
  ObjectBatch,
  ObjectReceipt,
  ObjectsResponse,
  Outcome,
  OutcomesResponse,
  SourceResponse,
  StatusResponse,
  TenantResponse,
  TenantSettings,
  UserExplanation,
} from '@causeway/contract';
import type { Kysely } from 'kysely';
import { acceptCredentials, findMissingCredentials, type CredentialOrigin } from './accept-credentials.ts';
import { acceptObjects, type ObjectOrigin } from './accept-objects.ts';
import { deleteCloudUser, saveCloudUser } from './cloud-users.ts';
import { loadChanges } from './feed.ts';
import { loadObjects } from './import.ts';
import { loadMembers } from './members.ts';
import { saveOutcomes } from './outcomes.ts';
import { emptyRecycleBin } from './recycle-bin.ts';
import type { Schema } from './schema.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { loadExplanations, loadStatus } from './status.ts';
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
      .select('credential_cursor as credentialCursor')
      .where('tenant', '=', tenant)
      .where('id', '=', source)
      .executeTakeFirst();
    return row ?? { credentialCursor: null };
  }

  /** @throws {DirectoryError} `cursor_conflict`. */
  async acceptObjects(origin: ObjectOrigin, batch: ObjectBatch): Promise<ObjectReceipt> {
    return this.#database.transaction().execute((transaction) => acceptObjects(transaction, origin, batch));
  }

  /** @throws {DirectoryError} `feed_position_unknown`. */
  async loadObjects(tenant: string, page: { after: number; limit: number }): Promise<ObjectsResponse> {
    return this.#database.transaction().execute((transaction) => loadObjects(transaction, tenant, page));
  }

  /** @throws {DirectoryError} `group_unknown`. */
  async loadMembers(
    tenant: string,
    page: { group: string; after: string | undefined; limit: number },
  ): Promise<MembersResponse> {
    return loadMembers(this.#database, tenant, page);
  }

  /** @throws {DirectoryError} `not_cloud_only`, `name_taken`. */
  async saveCloudUser(
    origin: { tenant: string; at: string; objectId: string },
    user: CloudUserRequest,
  ): Promise<CloudUserResponse> {
    return this.#database.transaction().execute((transaction) => saveCloudUser(transaction, origin, user));
  }

  /** @throws {DirectoryError} `user_unknown`, `not_cloud_only`. */
  async deleteCloudUser(origin: { tenant: string; at: string; objectId: string }): Promise<CloudUserResponse> {
    return this.#database.transaction().execute((transaction) => deleteCloudUser(transaction, origin));
  }

  /** Forgets objects that were deleted long enough ago. */
  async emptyRecycleBin(origin: { tenant: string; at: string }): Promise<void> {
    await this.#database.transaction().execute((transaction) => emptyRecycleBin(transaction, origin));
  }

  async loadSettings(tenant: string): Promise<TenantSettings> {
    return loadSettings(this.#database, tenant);
  }

  /** @throws {DirectoryError} `feature_irreversible`. */
  async saveSettings(tenant: string, settings: TenantSettings): Promise<TenantSettings> {
    return saveSettings(this.#database, tenant, settings);
  }

  /**
   * @throws {DirectoryError} `cursor_conflict`, `key_mismatch`, `key_not_registered`, `invalid_request`,
   * `password_sync_disabled`, `temporary_password_refused`.
   */
  async acceptCredentials(origin: CredentialOrigin, batch: CredentialBatch): Promise<CredentialReceipt> {
    return this.#database.transaction().execute((transaction) => acceptCredentials(transaction, origin, batch));
  }

  async findMissingCredentials(
    tenant: string,
    request: MissingCredentialsRequest,
  ): Promise<MissingCredentialsResponse> {
    return findMissingCredentials(this.#database, tenant, request);
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
