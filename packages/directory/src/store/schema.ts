/**
 * The database, as Kysely sees it. Times are ISO 8601 in UTC. A sequence orders the changes of one tenant, with gaps: it
 * is above `tenants.feed_head` and not below the time in microseconds since 1970, and becomes the head in the transaction
 * that makes the change. So it only grows, and is not given out again after an older copy was restored.
 */
export interface Schema {
  tenants: TenantsTable;
  agents: AgentsTable;
  sources: SourcesTable;
  users: UsersTable;
  outcomes: OutcomesTable;
}

interface TenantsTable {
  id: string;
  /** The three are null until the managed domain has registered its key. */
  key_id: string | null;
  public_key: Uint8Array | null;
  key_registered_at: string | null;
  /** Sequence of the last change; 0 before the first. */
  feed_head: number;
}

/** Agents that have been seen; which ones there may be is in the configuration. */
interface AgentsTable {
  tenant: string;
  id: string;
  last_seen_at: string;
  /** The `after` of a domain agent's last request for changes, which confirms all up to it; null for other agents. */
  feed_position: number | null;
}

/** Each source has two streams, with the span of the batch accepted last; a null cursor means a full one is due. */
interface SourcesTable {
  tenant: string;
  id: string;
  object_from: string | null;
  object_cursor: string | null;
  object_accepted_at: string | null;
  credential_from: string | null;
  credential_cursor: string | null;
  credential_accepted_at: string | null;
}

/** One row a user of a tenant: the newest state, which is also the feed's entry. */
export interface UsersTable {
  tenant: string;
  anchor: string;
  /** The source that sent the user, or its credential, last. */
  source: string;
  sequence: number;
  /** The user as JSON in the order of `formatUser`; null while only a credential has arrived, as are the next three. */
  user: string | null;
  /** Lower case, for finding a user by name. */
  account_name: string | null;
  user_principal_name: string | null;
  user_accepted_at: string | null;
  /** These are null while only the user has arrived. The version is as `formatCredentialVersion` writes it. */
  credential_version: string | null;
  sealed: Uint8Array | null;
  key_id: string | null;
  credential_accepted_at: string | null;
}

/** What the managed domain last reported about a user. */
interface OutcomesTable {
  tenant: string;
  anchor: string;
  /** The change it reported on. */
  sequence: number;
  status: string;
  credential_version: string | null;
  reason: string | null;
  /** When it happened there. */
  at: string;
}
