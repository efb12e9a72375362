import { decideDelivery, decideQueueStep, isDormantAfter } from './delivery-decision.ts';
import type { LogLine } from './password-log.ts';
import type { PasswordTarget } from './password-scope.ts';
import type { QueuedUser } from './retry-queue.ts';

/** What is to be done about the retry queue after object synchronization has said something new. */
export interface QueuePlan {
  /** Their passwords can be sent now. */
  readonly send: readonly QueuedUser[];
  /** To be stored anew. */
  readonly put: readonly QueuedUser[];
  /** Of these, those that are on their way again: event 605. */
  readonly revived: readonly QueuedUser[];
  /** Of these, those that no longer are: event 620. */
  readonly givenUp: readonly QueuedUser[];
  readonly log: readonly LogLine[];
}

/** Looks at waiting users anew: a pure decision. */
export function planQueue(users: readonly QueuedUser[], find: (user: QueuedUser) => PasswordTarget): QueuePlan {
  const plan = {
    send: [] as QueuedUser[],
    put: [] as QueuedUser[],
    revived: [] as QueuedUser[],
    givenUp: [] as QueuedUser[],
    log: [] as LogLine[],
  };
  for (const user of users) {
    const { objectGuid } = user;
    const target = find(user);
    const about = { dn: user.dn, isTemporary: false, takesTemporary: false, isFullRead: false };
    const now = decideDelivery(target, about);
    const step = decideQueueStep(user, now);
    if (now.kind !== 'wait') plan.send.push(user);
    else if (step !== 'stay') {
      const next = { objectGuid, dn: now.dn, status: now.status, dormant: isDormantAfter(step, user, now) };
      plan.put.push(next);
      if (step === 'revive') plan.revived.push(next);
      if (step === 'giveUp') plan.givenUp.push(next);
      const anchor = target.state === 'TargetNotExportedToDirectory' ? target.anchor : undefined;
      plan.log.push({ objectGuid, anchor, dn: now.dn, status: now.status, changedAt: undefined, detail: now.detail });
    }
  }
  return plan;
}
