import type { EventData, RequestedUser, ResultOfUser } from './event-data.ts';

/** A value on a line of its own: whatever would break the line becomes a space. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

export function lines(first: string, rest: readonly string[]): string {
  return [first, ...rest.map(oneLine)].join('\n');
}

export function users(count: number): string {
  return count === 1 ? '1 user' : `${count} users`;
}

export function objects(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`;
}

export function requestLine({ anchor, dn, changeDate }: RequestedUser): string {
  return `Anchor: ${anchor}, Dn: ${dn}, Change Date: ${changeDate}`;
}

export function resultLine({ anchor, dn, result, extendedError }: ResultOfUser): string {
  return `Anchor: ${anchor}, Dn: ${dn}, Result: ${result}, Extended Error: ${extendedError ?? ''}`.trimEnd();
}

export function tenantFailure(what: string, data: EventData[652]): string {
  return `${what} failed for connector ${data.connector}. Error Code: ${data.errorCode}. ${data.reason} Tracking ID: ${data.trackingId}, Server: ${data.server}.`;
}

export function about(dn: string | undefined): string {
  return dn === undefined ? '' : ` Dn: ${oneLine(dn)}.`;
}

export function domainFailure({ connector, domain, reason, status, nextStep }: EventData[611]): string {
  const statusText = status === undefined ? '' : ` RPC Error: ${status}.`;
  const advice = nextStep === undefined ? '' : ` Next step: ${nextStep}`;
  return `Password hash synchronization failed for domain ${domain} of connector ${connector}.${statusText} ${reason}${advice}`;
}

export function progress({ domain, done, total, secondsLeft }: EventData[619]): string {
  const of = total === undefined ? '' : ` of ${total}`;
  const left = secondsLeft === undefined ? '' : `, about ${secondsLeft} s left`;
  return `Full password hash synchronization of domain ${domain}: ${done}${of} users done${left}.`;
}
