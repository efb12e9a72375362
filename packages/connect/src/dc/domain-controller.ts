import { CausewayError } from '@causeway/model';
import { bytesOf, EqualityFilter, textOf } from '@ad-protocols/ldap';
import { decodeGuid, type Guid } from '@ad-protocols/wire';
import type { LdapConnection } from './ldap-connection.ts';

/** The domain that a DC serves, and what tells this copy of it from every other. */
export interface DomainController {
  /** Name of this copy of the database; a DC that was restored from a backup has another one, and its USNs start anew. */
  readonly invocationId: Guid;
  /** Distinguished name of the domain. */
  readonly baseDn: string;
  readonly domainGuid: Guid;
  /** DNS name of the domain, lower case: what a user without `userPrincipalName` signs in with. */
  readonly dnsName: string;
  readonly netbiosName: string;
  /** Whether it says that it is Samba; Active Directory's own names no vendor. */
  readonly isSamba: boolean;
  /** The DC's clock when it was asked, in milliseconds since 1970. */
  readonly currentTime: number;
}

/** The identity of the DC at the other end. @throws {CausewayError} ERR_CONNECT_DC_* */
export async function readDomainController(
  connection: LdapConnection,
  options: { host: string },
): Promise<DomainController> {
  const root = await connection.read('', [
    'defaultNamingContext',
    'configurationNamingContext',
    'dsServiceName',
    'currentTime',
    'vendorName',
  ]);
  const need = <Value>(value: Value | undefined, what: string): Value => {
    if (value === undefined) throw notActiveDirectory(options.host, what);
    return value;
  };
  const baseDn = need(root && textOf(root, 'defaultNamingContext'), 'defaultNamingContext');
  const configuration = need(root && textOf(root, 'configurationNamingContext'), 'configurationNamingContext');
  const service = need(root && textOf(root, 'dsServiceName'), 'dsServiceName');
  const currentTime = parseGeneralizedTime(need(root && textOf(root, 'currentTime'), 'currentTime'));

  const settings = await connection.read(service, ['invocationId']);
  const domain = await connection.read(baseDn, ['objectGUID']);
  const crossReferences = connection.pages({
    base: `CN=Partitions,${configuration}`,
    scope: 'one',
    filter: new EqualityFilter({ attribute: 'nCName', value: baseDn }),
    attributes: ['nETBIOSName', 'dnsRoot'],
  });
  const crossReference = (await crossReferences.next()).value?.[0];
  await crossReferences.return(undefined);
  return {
    invocationId: decodeGuid(need(settings && bytesOf(settings, 'invocationId'), 'invocationId')),
    baseDn,
    domainGuid: decodeGuid(need(domain && bytesOf(domain, 'objectGUID'), `objectGUID of ${baseDn}`)),
    dnsName: need(crossReference && textOf(crossReference, 'dnsRoot'), `dnsRoot of ${baseDn}`).toLowerCase(),
    netbiosName: need(crossReference && textOf(crossReference, 'nETBIOSName'), `nETBIOSName of ${baseDn}`),
    isSamba: /^Samba/i.test((root && textOf(root, 'vendorName')) ?? ''),
    currentTime,
  };
}

/** The highest USN that the DC has committed: every change made before now has this one or a lower. */
export async function readHighestUsn(connection: Pick<LdapConnection, 'read' | 'host'>): Promise<bigint> {
  const root = await connection.read('', ['highestCommittedUSN']);
  const text = root && textOf(root, 'highestCommittedUSN');
  if (text === undefined || !/^\d+$/.test(text)) throw notActiveDirectory(connection.host, 'highestCommittedUSN');
  return BigInt(text);
}

/** `20261122185126.0Z` as milliseconds since 1970; NaN for anything else. @see RFC 4517 Generalized Time (3.3.13) */
export function parseGeneralizedTime(text: string): number {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})/.exec(text);
  if (!match) return Number.NaN;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function notActiveDirectory(host: string, what: string): CausewayError {
  return new CausewayError({
    code: 'ERR_CONNECT_DC_ANSWER',
    message: `${host} does not give the service account the attribute ${what}`,
    nextStep: 'check that the domainControllers of the connector are domain controllers of Active Directory',
    disposition: 'retry',
  });
}
