import type { SourceAnchor } from './source-anchor.ts';

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
  readonly mailNickname?: string | undefined;
  /** Addresses with their kind: `SMTP:` is the primary one, `smtp:` another. */
  readonly proxyAddresses?: readonly string[] | undefined;
  readonly department?: string | undefined;
  readonly jobTitle?: string | undefined;
  readonly companyName?: string | undefined;
  readonly employeeId?: string | undefined;
  readonly manager?: SourceAnchor | undefined;
  readonly physicalDeliveryOfficeName?: string | undefined;
  readonly streetAddress?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly city?: string | undefined;
  readonly state?: string | undefined;
  readonly country?: string | undefined;
  readonly telephoneNumber?: string | undefined;
  readonly mobile?: string | undefined;
  readonly facsimileTelephoneNumber?: string | undefined;
  readonly preferredLanguage?: string | undefined;
  /** The SID at the source, `S-1-5-21-…`. */
  readonly onPremisesSecurityIdentifier?: string | undefined;
  /** DNS name of the domain at the source. */
  readonly onPremisesDomainName?: string | undefined;
  /** False when `userAccountControl` has ACCOUNTDISABLE. */
  readonly accountEnabled: boolean;
}

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
  /** The user is deleted in the tenant, and so in the managed domain. */
  'deleted',
] as const;

export type OutcomeStatus = (typeof outcomeStatuses)[number];
