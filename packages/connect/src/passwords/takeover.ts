import type { KeyId } from '@causeway/model';
import type { Guid } from '@ad-protocols/wire';
import { decideDelivery } from './delivery-decision.ts';
import type { UserInScope } from './password-scope.ts';
import type { PasswordPorts } from './ports.ts';
import { tellQueue } from './queue-events.ts';
import type { QueuedUser, RetryQueue } from './retry-queue.ts';

/** Users that the directory is asked about at a time. */
const ASKED = 1_000;
/** A version that every other is newer than: what has none at all is missing. */
const oldest = {
  version: 0,
  changedAt: '1601-01-01T00:00:00Z',
  originatingDsa: '00000000-0000-0000-0000-000000000000' as Guid,
};

/**
 * Takes over from another agent: its retry queue is not here, so it is found out anew. Whoever is in scope and has no
 * password in the tenant is queued, and so is everybody whose password waits. Nothing is read from the forest for it.
 */
export async function takeOver(
  ports: Pick<PasswordPorts, 'directory' | 'events' | 'scope'>,
  from: { connector: string; source: string; users: readonly UserInScope[]; keyId: KeyId; queue: RetryQueue },
  signal: AbortSignal,
): Promise<void> {
  const { connector, source, users, keyId, queue } = from;
  for (let start = 0; start < users.length; start += ASKED) {
    const ready: QueuedUser[] = [];
    const waiting: QueuedUser[] = [];
    const byAnchor = new Map<string, QueuedUser>();
    for (const { objectGuid, dn } of users.slice(start, start + ASKED)) {
      const about = { dn, isTemporary: false, takesTemporary: false, isFullRead: true };
      const delivery = decideDelivery(ports.scope.find(connector, objectGuid), about);
      if (delivery.kind === 'wait')
        waiting.push({ objectGuid, dn, status: delivery.status, dormant: delivery.dormant });
      else byAnchor.set(delivery.anchor, { objectGuid, dn, status: 'TargetNotExportedToDirectory', dormant: false });
    }
    if (byAnchor.size > 0) {
      const credentials = [...byAnchor.keys()].map((anchor) => ({ anchor, version: oldest }));
      const { missing } = await ports.directory.findMissingCredentials(source, { keyId, credentials }, { signal });
      ready.push(...missing.flatMap((anchor) => byAnchor.get(anchor) ?? []));
    }
    queue.put([...ready, ...waiting]);
    tellQueue(ports.events, 605, { connector, users: [...ready, ...waiting].filter(({ dormant }) => !dormant) });
  }
}
