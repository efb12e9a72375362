import { bytesOf, integerOf, textOf, type LdapEntry } from '@ad-protocols/ldap';
import type { SourceAnchor, User } from '@causeway/model';
import { decodeSid, encodeGuid, ridOf, type Guid } from '@ad-protocols/wire';
import { exclusionOf, UF_ACCOUNTDISABLE, type Account, type Exclusion } from './user-scope.ts';

/** Attributes that {@link mapUser} looks at. */
export const userAttributes = [
  'objectGUID',
  'objectSid',
  'sAMAccountName',
  'userPrincipalName',
  'displayName',
  'givenName',
  'sn',
  'mail',
  'department',
  'title',
  'userAccountControl',
  'isCriticalSystemObject',
  'mailNickname',
  'msExchRecipientTypeDetails',
] as const;

/** What an entry of the forest is to the tenant: a user with its source anchor, or nothing, and why. */
export type MappedUser =
  | { readonly kind: 'user'; readonly anchor: SourceAnchor; readonly user: User }
  | { readonly kind: 'excluded'; readonly reason: Exclusion | 'cannot be read completely' };

/**
 * The user that an AD entry is.
 *
 * `sn` becomes the surname and `title` the job title. A user without `userPrincipalName` has the implicit one that AD
 * itself accepts: `sAMAccountName@domain`.
 */
export function mapUser(entry: LdapEntry, domainDnsName: string): MappedUser {
  const guid = bytesOf(entry, 'objectGUID');
  const accountControl = integerOf(entry, 'userAccountControl');
  // Without these two the service account may not read the entry, and a guess could enable a disabled user.
  if (guid?.length !== 16 || accountControl === undefined)
    return { kind: 'excluded', reason: 'cannot be read completely' };
  const account = accountOf(entry, accountControl);
  const reason = exclusionOf(account);
  if (reason !== undefined) return { kind: 'excluded', reason };
  const accountName = account.accountName ?? '';
  const user: User = {
    accountName,
    userPrincipalName: textOf(entry, 'userPrincipalName') ?? `${accountName}@${domainDnsName}`,
    displayName: textOf(entry, 'displayName'),
    givenName: textOf(entry, 'givenName'),
    surname: textOf(entry, 'sn'),
    mail: textOf(entry, 'mail'),
    department: textOf(entry, 'department'),
    jobTitle: textOf(entry, 'title'),
    accountEnabled: (accountControl & UF_ACCOUNTDISABLE) === 0,
  };
  return { kind: 'user', anchor: Buffer.from(guid).toString('base64'), user };
}

/** The source anchor of an object: base64 of the 16 wire bytes of its GUID. */
export function anchorOf(guid: Guid): SourceAnchor {
  return Buffer.from(encodeGuid(guid)).toString('base64');
}

function accountOf(entry: LdapEntry, accountControl: number): Account {
  const sid = bytesOf(entry, 'objectSid');
  const recipientType = textOf(entry, 'msExchRecipientTypeDetails');
  return {
    accountName: textOf(entry, 'sAMAccountName'),
    distinguishedName: entry.dn,
    accountControl,
    relativeId: sid === undefined ? undefined : ridOf(decodeSid(sid)),
    isCriticalSystemObject: textOf(entry, 'isCriticalSystemObject') === 'TRUE',
    mailNickname: textOf(entry, 'mailNickname'),
    recipientType: recipientType !== undefined && /^\d+$/.test(recipientType) ? BigInt(recipientType) : undefined,
  };
}
