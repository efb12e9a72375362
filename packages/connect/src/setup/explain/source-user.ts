import {
  AndFilter,
  bytesOf,
  EqualityFilter,
  integerOf,
  OrFilter,
  textOf,
  type Filter,
  type LdapEntry,
} from '@ad-protocols/ldap';
import { filetimeToUnixMs } from '@ad-protocols/wire';
import type { DcSession } from '../../dc/dc-session.ts';

/** A user as a DC has it, as far as the fate of the password depends on it. */
export interface SourceUser {
  readonly connector: string;
  readonly host: string;
  readonly dn: string;
  /** Source anchor: base64 of `mS-DS-ConsistencyGuid`, or of `objectGUID`. */
  readonly anchor: string;
  /** The last of its object classes. */
  readonly objectClass: string;
  readonly enabled: boolean;
  /** The password must be changed at the next logon. */
  readonly mustChange: boolean;
  /** ISO 8601; null for a password that must be changed, or was never set. */
  readonly passwordSetAt: string | null;
}

const ACCOUNT_DISABLED = 0x2;
const GUID_BYTES = 16;

const attributes = ['objectGUID', 'mS-DS-ConsistencyGuid', 'objectClass', 'userAccountControl', 'pwdLastSet'];

function equals(attribute: string, value: string | Buffer): Filter {
  return new EqualityFilter({ attribute, value });
}

/** The filter that finds a user by account name, user principal name, distinguished name or source anchor. */
export function filterOfUser(user: string): Filter {
  const names = [equals('sAMAccountName', user.replace(/^.*\\/, '')), equals('userPrincipalName', user)];
  if (user.includes('=')) names.push(equals('distinguishedName', user));
  const anchor = Buffer.from(user, 'base64');
  if (anchor.length === GUID_BYTES && anchor.toString('base64') === user) {
    names.push(equals('objectGUID', anchor), equals('mS-DS-ConsistencyGuid', anchor));
  }
  return new AndFilter({ filters: [equals('objectClass', 'user'), new OrFilter({ filters: names })] });
}

/** The user in the domain of a DC; undefined when there is none. @throws {CausewayError} ERR_CONNECT_DC_* */
export async function findSourceUser(
  { connection, dc, host }: DcSession,
  connector: string,
  user: string,
): Promise<SourceUser | undefined> {
  const pages = connection.pages({ base: dc.baseDn, scope: 'sub', filter: filterOfUser(user), attributes });
  for await (const [entry] of pages) if (entry !== undefined) return sourceUserOf(entry, { connector, host });
  return undefined;
}

/** What an entry says; undefined for one whose attributes the account may not read. */
export function sourceUserOf(entry: LdapEntry, at: { connector: string; host: string }): SourceUser | undefined {
  const guid = ['mS-DS-ConsistencyGuid', 'objectGUID']
    .map((attribute) => bytesOf(entry, attribute))
    .find((value) => value?.length === GUID_BYTES);
  if (guid === undefined) return undefined;
  const control = integerOf(entry, 'userAccountControl') ?? 0;
  const setAt = textOf(entry, 'pwdLastSet') ?? '0';
  const ticks = /^\d{1,19}$/.test(setAt) ? BigInt(setAt) : 0n;
  const classes = entry.attributes.get('objectclass') ?? [];
  return {
    ...at,
    dn: entry.dn,
    anchor: Buffer.from(guid).toString('base64'),
    objectClass: Buffer.from(classes.at(-1) ?? []).toString(),
    enabled: (control & ACCOUNT_DISABLED) === 0,
    mustChange: ticks === 0n,
    passwordSetAt: ticks === 0n ? null : new Date(filetimeToUnixMs(ticks)).toISOString(),
  };
}
