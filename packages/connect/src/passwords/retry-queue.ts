import type { Guid } from '@ad-protocols/wire';
import type { AgentState } from '../agent/agent-state.ts';
import type { ChannelKey } from './channel-state.ts';
import type { WaitingStatus } from './delivery-decision.ts';

/** A user whose password could not be sent when the domain controller told of it. */
export interface QueuedUser {
  readonly objectGuid: Guid;
  readonly dn: string;
  readonly status: WaitingStatus;
  /** Not on its way to the tenant; looked at again when object synchronization says something new of it. */
  readonly dormant: boolean;
}

/**
 * The users of a channel whose passwords wait. The cursor moves past them, so each is on the disk before it does; what is
 * kept is who, never what: the password is read anew when its time has come.
 */
export interface RetryQueue {
  /** In the order in which they came. */
  readonly users: readonly QueuedUser[];
  find(objectGuid: Guid): QueuedUser | undefined;
  put(users: readonly QueuedUser[]): void;
  remove(objectGuids: readonly Guid[]): void;
}

interface Row {
  readonly object_guid: Guid;
  readonly dn: string;
  readonly status: WaitingStatus;
  readonly dormant: number;
}

/** The queue of one channel in the agent's state. @throws {CausewayError} ERR_CONNECT_AGENT_STATE from every method. */
export function openRetryQueue(agent: AgentState, { connector, domain }: ChannelKey, now: () => number): RetryQueue {
  const select = agent.database.prepare<[string, string], Row>(
    'SELECT object_guid, dn, status, dormant FROM password_queue WHERE connector = ? AND domain = ? ORDER BY queued_at',
  );
  const replace = agent.database.prepare(
    'INSERT OR REPLACE INTO password_queue (connector, domain, object_guid, dn, status, dormant, queued_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const remove = agent.database.prepare(
    'DELETE FROM password_queue WHERE connector = ? AND domain = ? AND object_guid = ?',
  );
  const rows = agent.transaction(() => select.all(connector, domain));
  const users = new Map(
    rows.map(({ object_guid: objectGuid, dn, status, dormant }) => [
      objectGuid,
      { objectGuid, dn, status, dormant: dormant !== 0 },
    ]),
  );
  return {
    get users() {
      return [...users.values()];
    },
    find: (objectGuid) => users.get(objectGuid),
    put(added) {
      if (added.length === 0) return;
      const at = now();
      agent.transaction(() => {
        for (const { objectGuid, dn, status, dormant } of added)
          replace.run(connector, domain, objectGuid, dn, status, dormant ? 1 : 0, at);
      });
      for (const user of added) users.set(user.objectGuid, user);
    },
    remove(objectGuids) {
      const present = objectGuids.filter((objectGuid) => users.has(objectGuid));
      if (present.length === 0) return;
      agent.transaction(() => {
        for (const objectGuid of present) remove.run(connector, domain, objectGuid);
      });
      for (const objectGuid of present) users.delete(objectGuid);
    },
  };
}
