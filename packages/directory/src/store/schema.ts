import type { Generated, Selectable } from 'kysely';

/**
 * The database, as Kysely sees it. Times are ISO 8601 in UTC. A sequence orders the changes of one tenant, with gaps: it
 * is above `tenants.feed_head` and not below the time in microseconds since 1970, and becomes the head in the transaction
 * that makes the change. So it only grows, and is not given out again after an older copy was restored.
 */
export interface Schema {
  tenants: TenantsTable;
  agents: AgentsTable;
  sources: SourcesTable;
  objects: ObjectsTable;
  members: MembersTable;
  outcomes: OutcomesTable;
}

interface TenantsTable {
  id: string;
  /** The three are null until the managed domain has registered its key. */
  key_id: string | null;
  public_key: Uint8Array | null;
  key_registered_at: string | null;
  /** Sequence of the last change; 0 before the first. */
  feed_head: Generated<number>;
  /** The greatest `object_sequence` of a deleted object that is not kept any more; 0 before the first. */
  purged_sequence: Generated<number>;
  /** The span of the batch of objects accepted last; a null cursor means a full synchronization is due. */
  object_from: string | null;
  object_cursor: string | null;
  object_accepted_at: string | null;
  /** `TenantSettings` as JSON; null while they are the default ones. */
  settings: string | null;
}

/** Agents that have been seen; which ones there may be is in the configuration. */
interface AgentsTable {
  tenant: string;
  id: string;
  last_seen_at: string;
  /** The `after` of a domain agent's last request for changes, which confirms all up to it; null for other agents. */
  feed_position: number | null;
}

/** Each source has a stream of credentials, with the span of the batch accepted last; a null cursor means a full one is due. */
interface SourcesTable {
  tenant: string;
  id: string;
  credential_from: string | null;
  credential_cursor: string | null;
  credential_accepted_at: string | null;
}

/** A row of `objects` as it is read. */
export type ObjectsRow = Selectable<ObjectsTable>;

/** One row an object of a tenant: the newest state, which is also the entry of the feeds. */
interface ObjectsTable {
  tenant: string;
  anchor: string;
  /** The anchor that a cloud-only user had before it was matched to one of a source. */
  previous_anchor: string | null;
  /** The user's last change, that of the credential included: its place in the feed of users. Null for a group. */
  sequence: number | null;
  /** These are null while only a credential has arrived, as are the names. */
  type: 'user' | 'group' | null;
  object_id: string | null;
  /** The object's last change, that of the credential not included: its place in the order of objects. */
  object_sequence: number | null;
  /** The object as JSON in the order of `formatUser` or `formatGroup`. */
  object: string | null;
  object_accepted_at: string | null;
  /** The source that gave the anchor, or sent the credential that came first; null for a cloud-only object. */
  source: string | null;
  /** 1 for an object that no source has. */
  cloud_only: Generated<number>;
  /** 1 for an administrator of the tenant. */
  administrator: Generated<number>;
  /** When the object was put into the recycle bin; null for one that is not there. */
  deleted_at: string | null;
  /** Lower case, for finding and matching users. */
  account_name: string | null;
  user_principal_name: string | null;
  primary_address: string | null;
  /** Of a group, over its rows in `members`; the digest is in lower-case hex. */
  member_count: Generated<number>;
  member_digest: string | null;
  /** These are null while only the object has arrived. The version is as `formatCredentialVersion` writes it. */
  credential_version: string | null;
  sealed: Uint8Array | null;
  key_id: string | null;
  /** 1 for a temporary password. */
  must_change: Generated<number>;
  credential_accepted_at: string | null;
}

/** Direct members of groups that are not deleted; the member may be an object that has not come yet. */
interface MembersTable {
  tenant: string;
  group_anchor: string;
  anchor: string;
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
