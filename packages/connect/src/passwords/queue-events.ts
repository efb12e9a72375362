import type { EventWriter } from '@causeway/event-log';
import type { QueuedUser } from './retry-queue.ts';

/** Names in one event at most. */
const NAMES = 50;

/** Tells of users that were added to the retry queue (605), taken out of it (606), or given up (620); of none, nothing. */
export function tellQueue(
  events: EventWriter,
  id: 605 | 606 | 620,
  { connector, users }: { connector: string; users: readonly Pick<QueuedUser, 'dn'>[] },
): void {
  if (users.length === 0) return;
  const names = users.slice(0, NAMES).map(({ dn }) => dn);
  if (id === 620) events.write(620, { connector, users: names });
  else events.write(id, { connector, count: users.length, users: names });
}
