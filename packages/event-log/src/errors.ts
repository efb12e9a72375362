import { CausewayError } from '@causeway/model';

/** Node's error for several addresses of which none answered has a code and no message. */
function textOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.message === '' && 'code' in cause ? String(cause.code) : cause.message;
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

/** Events are not being stored; the agent goes on, and so do its log and syslog. */
export function unusableError(file: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_EVENTS_UNUSABLE',
    message: `the event log ${file} cannot be used: ${textOf(cause)}`,
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

export function syslogAuthorityError(file: string, cause: unknown): CausewayError {
  return new CausewayError({
    code: 'ERR_EVENTS_SYSLOG_AUTHORITY',
    message: `the certificate authority's file ${file} of the syslog receiver cannot be read`,
    nextStep:
      "correct the syslog receiver's ca in the configuration: a PEM file with the authority that issued its certificate",
    disposition: 'halt',
    cause,
  });
}

/** Events wait for the receiver; the agent goes on. */
export function syslogUnreachableError(
  { host, port, transport }: { host: string; port: number; transport: string },
  cause: unknown,
): CausewayError {
  return new CausewayError({
    code: 'ERR_EVENTS_SYSLOG_UNREACHABLE',
    message: `syslog receiver ${host}:${port} (${transport}) cannot be reached: ${textOf(cause)}`,
    nextStep: 'check the receiver, its address and its certificate; events wait, and go on by themselves',
    disposition: 'retry',
    cause,
  });
}
