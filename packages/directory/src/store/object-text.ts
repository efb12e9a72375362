import type { Group, User } from '@causeway/model';

/** A user as the one text that is stored: the same attributes give the same text, whatever their order was. */
export function formatUser(user: User): string {
  return JSON.stringify({
    accountName: user.accountName,
    userPrincipalName: user.userPrincipalName,
    displayName: user.displayName,
    givenName: user.givenName,
    surname: user.surname,
    mail: user.mail,
    mailNickname: user.mailNickname,
    proxyAddresses: user.proxyAddresses?.toSorted(),
    department: user.department,
    jobTitle: user.jobTitle,
    companyName: user.companyName,
    employeeId: user.employeeId,
    manager: user.manager,
    physicalDeliveryOfficeName: user.physicalDeliveryOfficeName,
    streetAddress: user.streetAddress,
    postalCode: user.postalCode,
    city: user.city,
    state: user.state,
    country: user.country,
    telephoneNumber: user.telephoneNumber,
    mobile: user.mobile,
    facsimileTelephoneNumber: user.facsimileTelephoneNumber,
    preferredLanguage: user.preferredLanguage,
    onPremisesSecurityIdentifier: user.onPremisesSecurityIdentifier,
    onPremisesDomainName: user.onPremisesDomainName,
    accountEnabled: user.accountEnabled,
  } satisfies Record<keyof User, unknown>);
}

/** A group as the one text that is stored. */
export function formatGroup(group: Group): string {
  return JSON.stringify({
    accountName: group.accountName,
    displayName: group.displayName,
    description: group.description,
    mail: group.mail,
    mailNickname: group.mailNickname,
    proxyAddresses: group.proxyAddresses?.toSorted(),
    securityEnabled: group.securityEnabled,
    onPremisesSecurityIdentifier: group.onPremisesSecurityIdentifier,
  } satisfies Record<keyof Group, unknown>);
}

/** The user that {@link formatUser} wrote; every answer with one is checked against its schema. */
export function parseUser(text: string): User {
  return JSON.parse(text) as User;
}

/** The group that {@link formatGroup} wrote. */
export function parseGroup(text: string): Group {
  return JSON.parse(text) as Group;
}

/** A name as it is stored for lookup: letter case does not matter in Active Directory. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
