import type { EventWriter } from '@causeway/event-log';
import type { CausewayError } from '@causeway/model';
import type { ChannelKey } from './channel-state.ts';

/** What a failure of a channel is to an administrator: the event that tells it. */
export type FailureEvent = 'told' | 604 | 611 | 612 | 615 | 658 | 665 | 667;

const ofTheDomain =
  /^ERR_CONNECT_(?:DC_|ACCOUNT_|ACCESS_|SIGN_IN|REPLICATION|DAMAGED_REPLY|PASSWORD_FILE|SECRET_KEY|CA_FILE|NO_USERS)/;

/**
 * | failure                                            | event                                        |
 * | -------------------------------------------------- | -------------------------------------------- |
 * | the domain or its domain controllers               | 611                                          |
 * | MD5 is blocked                                     | 667                                          |
 * | the agent's state cannot be written                | 665                                          |
 * | the tenant's key is another than the pinned one    | 658                                          |
 * | the tenant, while the channel opens                | 612                                          |
 * | the tenant, while it sends                         | told: the batch has written 652              |
 * | nobody foresaw it                                  | 615                                          |
 * | every other                                        | 604                                          |
 */
export function eventOfFailure({ code }: Pick<CausewayError, 'code'>, isOpen: boolean): FailureEvent {
  if (code === 'ERR_CONNECT_MD5_BLOCKED') return 667;
  if (code === 'ERR_CONNECT_AGENT_STATE') return 665;
  if (code === 'ERR_CONNECT_KEY_MISMATCH') return 658;
  if (code === 'ERR_CONNECT_UNEXPECTED') return 615;
  if (ofTheDomain.test(code)) return 611;
  if (code.startsWith('ERR_DIRECTORY_')) return isOpen ? 'told' : 612;
  return 604;
}

/** Writes the event of a failure. `isOpen` says whether the channel was connected when it came. */
export function tellFailure(
  events: EventWriter,
  failure: CausewayError,
  { connector, domain, isOpen }: ChannelKey & { isOpen: boolean },
): void {
  const { message: reason, nextStep } = failure;
  const id = eventOfFailure(failure, isOpen);
  switch (id) {
    case 'told':
      return;
    case 611:
      return events.write(611, { connector, domain, reason, status: statusOf(failure), nextStep });
    case 658:
      return events.write(658, { connector, reason });
    case 665:
      return events.write(665, { connector, domain, reason });
    case 604:
    case 612:
    case 615:
    case 667:
      return events.write(id, { reason: `${domain}: ${reason}` });
  }
}

/** The Windows status that a domain controller gave, wherever in the chain of causes it is. */
export function statusOf(error: unknown): number | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('status' in cause && typeof cause.status === 'number') return cause.status;
  }
  return undefined;
}
