import type { EventReader, EventRecord } from '@causeway/event-log';
import { failed, ok, warning, type CheckOutcome } from '../check.ts';

/** How old the last sign of life may be: six heartbeats. */
const HEARTBEAT_MS = 3 * 3_600_000;

/** Signs of life: the end of a ping, which comes every 30 minutes when there is nothing to send, and the end of a batch. */
export const lifeIds = [654, 651] as const;
/** Troubles of one forest's channel. */
export const troubleIds = [611, 652, 655] as const;

export type TroubleEvent = EventRecord<(typeof troubleIds)[number]>;

/** What the last sign of life of a forest's channel means; both times in milliseconds since 1970. */
export function judgeHeartbeat(connector: string, last: number | undefined, now: number): CheckOutcome {
  if (last === undefined) {
    return failed(
      `there is no heartbeat (event 654) of ${connector} in the event log`,
      'start the agent if it does not run; if it does, see the checks of the connector below',
    );
  }
  const minutes = Math.round((now - last) / 60_000);
  if (now - last <= HEARTBEAT_MS) return ok(`${minutes} minutes ago`);
  return failed(
    `the last heartbeat (event 654) of ${connector} is ${minutes} minutes old; one comes every 30 minutes`,
    'see the checks below and the events since then: causeway events --since 6h; restart the agent if nothing is said',
  );
}

/** What Windows' status in event 611 means, and its cure. @see [MS-ERREF] */
const cures: Readonly<Record<number, readonly [meaning: string, nextStep: string]>> = {
  8439: [
    'the domain controller does not know the distinguished name of the domain',
    'check that domainControllers names domain controllers of this domain; a domain controller of Windows Server 2003 has to be replaced',
  ],
  8453: [
    'the account may not replicate: one of the two rights is missing',
    'the checks of the rights below say which, and print the command that grants it',
  ],
  8456: [
    'the domain controller has replication switched off',
    'switch it on: repadmin /options NAME -DISABLE_OUTBOUND_REPL; or take another domain controller',
  ],
  8593: [
    'the replication epoch is another: the domain was renamed once',
    'none: connect takes over the new epoch at its next connection; if it stays, restart the domain controller',
  ],
};

/** Which trouble of a forest's channel has not been followed by a sign of life. */
export function judgeTrouble(trouble: TroubleEvent | undefined, lastLife: number | undefined): CheckOutcome {
  if (trouble === undefined) return ok('no event 611, 652 or 655');
  const at = new Date(trouble.time).toISOString();
  if (lastLife !== undefined && lastLife > trouble.time) return ok(`the last one, ${trouble.id} at ${at}, is over`);
  const { message, nextStep } = describeTrouble(trouble);
  return failed(`event ${trouble.id} at ${at}: ${message}`, nextStep);
}

function describeTrouble(trouble: TroubleEvent): { message: string; nextStep: string } {
  if (trouble.id === 611) {
    const { domain, reason, status, nextStep } = trouble.data;
    const cure = status === undefined ? undefined : cures[status];
    return {
      message: `password hash sync of ${domain} failed: ${cure?.[0] ?? reason}${status === undefined ? '' : ` (${status})`}`,
      nextStep: cure?.[1] ?? nextStep ?? 'see the checks of the domain below',
    };
  }
  const { reason, errorCode, server } = trouble.data;
  if (errorCode === 90) {
    return {
      message: `the tenant has password hash sync turned off (90, ${server})`,
      nextStep: 'turn the feature PasswordHashSync of the tenant on',
    };
  }
  if (errorCode === 81) {
    return { message: `the directory ${server} was busy (81)`, nextStep: 'none: the agent tries again by itself' };
  }
  return { message: `${server}: ${reason}`, nextStep: 'see the checks of the directory below' };
}

/** Whether the newest event 667 says that this host blocks MD5. */
export function judgeMd5(works: boolean, events: Pick<EventReader, 'latest'> | undefined): CheckOutcome {
  if (!works) {
    return failed(
      'OpenSSL runs in FIPS mode and blocks MD5, which decrypts what a domain controller sends (event 667)',
      'run causeway outside FIPS mode: without --force-fips and --enable-fips, and with an OPENSSL_CONF of its own that does not load the FIPS provider; nothing that leaves this host is protected by MD5',
    );
  }
  const last = events?.latest(667);
  return last === undefined
    ? ok('works')
    : warning(
        `it works in this process, and failed in the agent at ${new Date(last.time).toISOString()} (event 667)`,
        'start the agent as this command was started: see its environment and its OPENSSL_CONF',
      );
}
