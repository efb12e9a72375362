import { CausewayError } from '@causeway/model';

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** There is nothing to read: no agent has written an event yet, or not there. */
export function noEventLogError(file: string): CausewayError {
  return new CausewayError({
    code: 'ERR_EVENTS_NONE',
    message: `there is no event log at ${file} yet`,
    nextStep: 'start the agent, which makes it, or name the configuration of the agent that you mean',
    disposition: 'halt',
  });
}

export function unreadableEventLogError(file: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_EVENTS_UNREADABLE',
    message: `the event log ${file} cannot be read: ${textOf(cause)}`,
    nextStep:
      'read it as root or as the user whom the agent runs as; an event log that is damaged is replaced by the agent',
    disposition: 'halt',
    cause,
  });
}

/** Events are not being stored; the agent goes on, and so do standard error and syslog. */
export function notStoredError(file: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_EVENTS_NOT_STORED',
    message: `events cannot be stored in ${file}: ${textOf(cause)}`,
    nextStep: `make room on the disk of ${file} and let the agent write there; storing goes on by itself`,
    disposition: 'retry',
    cause,
  });
}

/** The store was damaged and a new one has been begun. */
export function damagedError(file: string, aside: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_EVENTS_DAMAGED',
    message: `the event log ${file} was damaged (${textOf(cause)}): it was moved to ${aside} and a new one begun`,
    nextStep: `check the disk; remove ${aside} when nobody needs it`,
    disposition: 'retry',
    cause,
  });
}
