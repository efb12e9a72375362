import type { Guid } from '@ad-protocols/wire';
import { isTemporary, type CarriedCredential, type CredentialDecision } from './credential-decision.ts';
import { decideDelivery, decideQueueStep, isDormantAfter } from './delivery-decision.ts';
import type { LogLine } from './password-log.ts';
import type { PasswordTarget } from './password-scope.ts';
import type { QueuedUser } from './retry-queue.ts';

/** An object of a page with what is known of it. */
export interface PageItem {
  readonly objectGuid: Guid;
  readonly dn: string;
  readonly decision: CredentialDecision;
  /** Where its user stands on the way to the tenant. */
  readonly target: PasswordTarget;
  /** Its entry in the retry queue. */
  readonly queued: QueuedUser | undefined;
}

/** A password that goes to the tenant. */
export interface PlannedUser {
  readonly objectGuid: Guid;
  readonly anchor: string;
  readonly dn: string;
  readonly credential: CarriedCredential;
}

/** What is to be done about a page. */
export interface PagePlan {
  /** In the order in which the passwords were changed. */
  readonly send: readonly PlannedUser[];
  /** Users whose passwords wait. */
  readonly waiting: readonly Guid[];
  /** Of these, who is to be put into the retry queue, or changed there. */
  readonly queue: readonly QueuedUser[];
  /** To be taken out of the retry queue: there is nothing to send for them any more. */
  readonly dequeue: readonly Guid[];
  /** Those that were tried again and will not be any more: event 620. */
  readonly givenUp: readonly QueuedUser[];
  /** For the password log, for all but those that go. */
  readonly log: readonly LogLine[];
  /** Users that object synchronization knows. */
  readonly users: number;
}

const temporary = 'the password has to be changed at the next logon: it goes when it was changed';

const absent = 'the tenant did not have the user when the password was changed: it is sent now';

/**
 * What is to be done about the objects of a page: a pure decision.
 *
 * A full read notes in the log only who was not waiting for the same reason before. An object may come twice in a page;
 * what comes later holds, and is the same or newer.
 */
export function planPage(
  items: readonly PageItem[],
  options: { takesTemporary: boolean; isFullRead: boolean },
): PagePlan {
  const send = new Map<Guid, PlannedUser>();
  const queue = new Map<Guid, QueuedUser>();
  const waiting = new Set<Guid>();
  const dequeue = new Set<Guid>();
  const givenUp: QueuedUser[] = [];
  const log: LogLine[] = [];
  let users = 0;
  for (const { objectGuid, dn, decision, target, queued } of items) {
    if (decision.kind === 'irrelevant' || decision.kind === 'readWhole') continue;
    send.delete(objectGuid);
    queue.delete(objectGuid);
    waiting.delete(objectGuid);
    if (decision.kind === 'deleted' && queued?.dormant === false) givenUp.push(queued);
    if (decision.kind !== 'deleted' && target.state !== 'SourceConnectorNotPresent') users += 1;
    if (decision.kind !== 'password') {
      if (queued) dequeue.add(objectGuid);
      continue;
    }
    const { credential } = decision;
    const delivery = decideDelivery(target, { ...options, dn, isTemporary: isTemporary(credential) });
    const line = { objectGuid, dn: delivery.dn, changedAt: credential.version.changedAt };
    if (delivery.kind === 'send') {
      send.set(objectGuid, { objectGuid, anchor: delivery.anchor, dn: delivery.dn, credential });
      if (queued?.dormant === false)
        log.push({ ...line, anchor: delivery.anchor, status: 'RetryRequestedByTarget', detail: absent });
    } else if (delivery.kind === 'filtered') {
      if (queued) dequeue.add(objectGuid);
      log.push({ ...line, anchor: delivery.anchor, status: 'FilteredByTarget', detail: temporary });
    } else {
      const { status, detail } = delivery;
      const step = queued && decideQueueStep(queued, delivery);
      const dormant = isDormantAfter(step, queued, delivery);
      if (queued && step === 'giveUp') givenUp.push(queued);
      const isKnown = queued?.status === status && queued.dormant === dormant;
      waiting.add(objectGuid);
      if (!isKnown) queue.set(objectGuid, { objectGuid, dn: delivery.dn, status, dormant });
      const anchor = target.state === 'TargetNotExportedToDirectory' ? target.anchor : undefined;
      if (!isKnown || !options.isFullRead) log.push({ ...line, anchor, status, detail });
    }
  }
  return {
    send: inOrder([...send.values()]),
    waiting: [...waiting],
    queue: [...queue.values()],
    dequeue: [...dequeue],
    givenUp,
    log,
    users,
  };
}

function inOrder(users: PlannedUser[]): PlannedUser[] {
  const time = ({ credential }: PlannedUser): string => credential.version.changedAt;
  return users.sort((left, right) => (time(left) < time(right) ? -1 : Number(time(left) > time(right))));
}
