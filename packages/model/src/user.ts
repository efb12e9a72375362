/**
 * A user as the tenant and the managed domain see one.
 *
 * Attribute names are the tenant's; the managed domain's attributes they become are in the domain package.
 */
export interface User {
  /** `sAMAccountName`, at most 20 characters. */
  readonly accountName: string;
  readonly userPrincipalName: string;
  readonly displayName?: string | undefined;
  readonly givenName?: string | undefined;
  readonly surname?: string | undefined;
  readonly mail?: string | undefined;
  readonly department?: string | undefined;
  readonly jobTitle?: string | undefined;
  /** False when `userAccountControl` has ACCOUNTDISABLE. */
  readonly accountEnabled: boolean;
}

/**
 * The source anchor: what ties a user at the source to the same user in the tenant and in the managed domain, through
 * renames and moves. Base64 of the 16 wire bytes of `objectGUID`: 24 characters.
 */
export type SourceAnchor = string;

/** Why a user's password is, or is not, usable in the managed domain: exactly one holds at any moment. */
export const outcomeStatuses = [
  /** The newest credential is in the managed domain. */
  'applied',
  /** The user is there; no credential has arrived yet. */
  'waitingForCredential',
  /** A credential has arrived; the user has not. */
  'waitingForUser',
  /** The user is disabled at the source, and so in the managed domain. */
  'disabled',
  /** The sealed credential does not open with this host's key. */
  'notOpenable',
  /** The managed domain refused the user or the credential; the reason says why. */
  'refused',
] as const;

export type OutcomeStatus = (typeof outcomeStatuses)[number];
