import type { User } from '@causeway/model';

/** A user as the one text that is stored: the same attributes give the same text, whatever their order was. */
export function formatUser(user: User): string {
  return JSON.stringify({
    accountName: user.accountName,
    userPrincipalName: user.userPrincipalName,
    displayName: user.displayName,
    givenName: user.givenName,
    surname: user.surname,
    mail: user.mail,
    department: user.department,
    jobTitle: user.jobTitle,
    accountEnabled: user.accountEnabled,
  } satisfies Record<keyof User, unknown>);
}

/** The user that {@link formatUser} wrote; every answer with one is checked against its schema. */
export function parseUser(text: string): User {
  return JSON.parse(text) as User;
}

/** A name as it is stored for lookup: letter case does not matter in Active Directory. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
