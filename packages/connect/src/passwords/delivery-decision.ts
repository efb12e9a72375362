import type { PasswordStatus } from './password-log.ts';
import type { PasswordTarget } from './password-scope.ts';

/** Why a password waits, as the password log tells it. */
export type WaitingStatus = Extract<
  PasswordStatus,
  'NoTargetConnection' | 'SourceConnectorNotPresent' | 'TargetNotExportedToDirectory'
>;

/** What is to be done about the password of a user. */
export type DeliveryDecision =
  | { readonly kind: 'send'; readonly anchor: string; readonly dn: string }
  /** A temporary password, and the tenant takes none. */
  | { readonly kind: 'filtered'; readonly anchor: string; readonly dn: string }
  /** It waits in the retry queue; a dormant one is not counted as one that is tried again. */
  | {
      readonly kind: 'wait';
      readonly dn: string;
      readonly status: WaitingStatus;
      readonly detail: string;
      readonly dormant: boolean;
    };

/**
 * Whether a password goes to the tenant, by where its user stands: a pure decision.
 *
 * | the user is                     | decision                                                            |
 * | ------------------------------- | ------------------------------------------------------------------- |
 * | ready, the password lasting     | send                                                                |
 * | ready, the password temporary   | send where the tenant takes temporary ones, else filtered           |
 * | not exported, or not joined yet | wait                                                                |
 * | not in the connector space      | wait; dormant in a full read, when it is there long since or never  |
 * | not in scope                    | wait, dormant                                                       |
 *
 * @param dn The name that the domain controller gives.
 */
export function decideDelivery(
  target: PasswordTarget,
  about: { dn: string; isTemporary: boolean; takesTemporary: boolean; isFullRead: boolean },
): DeliveryDecision {
  switch (target.state) {
    case 'ready': {
      const { anchor, dn } = target;
      return { kind: about.isTemporary && !about.takesTemporary ? 'filtered' : 'send', anchor, dn };
    }
    case 'notInScope':
      return {
        kind: 'wait',
        dn: target.dn,
        status: 'NoTargetConnection',
        detail: target.reason,
        dormant: true,
      };
    case 'SourceConnectorNotPresent':
      return {
        kind: 'wait',
        dn: about.dn,
        status: target.state,
        detail: 'the user is not in the connector space of its forest: not imported yet, or left out by a filter',
        dormant: about.isFullRead,
      };
    case 'NoTargetConnection':
      return {
        kind: 'wait',
        dn: target.dn,
        status: target.state,
        detail: "the user is not in the metaverse or not in the tenant's connector space yet",
        dormant: false,
      };
    case 'TargetNotExportedToDirectory':
      return {
        kind: 'wait',
        dn: target.dn,
        status: target.state,
        detail: 'the user is not exported to the tenant yet',
        dormant: false,
      };
  }
}

/** Whether a waiting user is dormant after a step: who was not on its way stays so until it is, and whoever is given up becomes so. */
export function isDormantAfter(
  step: QueueStep | undefined,
  queued: { dormant: boolean } | undefined,
  now: { dormant: boolean },
): boolean {
  if (step === 'giveUp') return true;
  return step === 'revive' ? false : now.dormant || queued?.dormant === true;
}

/** What becomes of a user in the retry queue. */
export type QueueStep =
  /** Read the password and send it. */
  | 'send'
  /** Nothing has changed. */
  | 'stay'
  /** Note where the user stands now. */
  | 'update'
  /** It was on its way and no longer is: event 620. */
  | 'giveUp'
  /** It was not on its way and now is: event 605. */
  | 'revive';

/**
 * | in the queue | stands now                               | step   |
 * | ------------ | ---------------------------------------- | ------ |
 * | either       | ready                                    | send   |
 * | either       | as before                                | stay   |
 * | tried again  | elsewhere, on its way                    | update |
 * | tried again  | not in scope, or not in the forest's connector space though it was | giveUp |
 * | dormant      | not in the connector space or in scope   | update |
 * | dormant      | on its way                               | revive |
 */
export function decideQueueStep(queued: { status: WaitingStatus; dormant: boolean }, now: DeliveryDecision): QueueStep {
  if (now.kind !== 'wait') return 'send';
  const hasLeft = now.status === 'SourceConnectorNotPresent' && queued.status !== 'SourceConnectorNotPresent';
  const isOnItsWay = !now.dormant && now.status !== 'SourceConnectorNotPresent';
  if (queued.dormant) {
    if (isOnItsWay) return 'revive';
    return now.status === queued.status ? 'stay' : 'update';
  }
  if (now.dormant || hasLeft) return 'giveUp';
  return now.status === queued.status ? 'stay' : 'update';
}
