import type { TenantFeatures } from '@causeway/contract';
import type { SourceAnchor, User } from '@causeway/model';
import type { Refusal } from './refusal.ts';

/** An object of the tenant, as far as matching depends on it. */
export interface KnownObject {
  readonly anchor: SourceAnchor;
  readonly type: 'user' | 'group';
  readonly cloudOnly: boolean;
  readonly administrator: boolean;
  readonly deleted: boolean;
}

/** What the tenant has that an exported user may become, or clash with. */
export interface UserFacts {
  /** The object with the user's anchor, deleted or not. */
  readonly byAnchor: KnownObject | undefined;
  /** Other users, not deleted, with the user's primary SMTP address. */
  readonly byAddress: readonly KnownObject[];
  /** Another user, not deleted, with the user's principal name. */
  readonly byName: KnownObject | undefined;
  readonly features: TenantFeatures;
}

/** `become`: the object that the user is from now on; undefined makes a new one. */
export type UserDecision = { readonly become: KnownObject | undefined } | Refusal;

/**
 * Which object of the tenant an exported user is: hard match by anchor, then soft match by primary SMTP address, then by
 * user principal name.
 *
 * | the anchor is of                   | decision                                                                     |
 * |------------------------------------|------------------------------------------------------------------------------|
 * | a group                            | `ObjectTypeMismatch`                                                         |
 * | a synchronized user, deleted or not| it                                                                           |
 * | a cloud-only administrator         | `ExistingAdminRoleConflict`                                                  |
 * | another cloud-only user            | it, or `InvalidHardMatch` with BlockCloudObjectTakeoverThroughHardMatch      |
 * | nobody, and the address is of      |                                                                              |
 * | … an administrator                 | `ExistingAdminRoleConflict`                                                  |
 * | … a synchronized user, or several  | `InvalidSoftMatch`                                                           |
 * | … one cloud-only user              | that user, or `InvalidSoftMatch` with BlockSoftMatch                         |
 * | nobody, and the name is of         |                                                                              |
 * | … an administrator                 | `ExistingAdminRoleConflict`                                                  |
 * | … a synchronized user              | `AttributeValueMustBeUnique`                                                 |
 * | … a cloud-only user                | that user, `InvalidSoftMatch` with BlockSoftMatch, or, without               |
 * |                                    | EnableSoftMatchOnUpn, `AttributeValueMustBeUnique`                           |
 * | nobody at all                      | a new user                                                                   |
 *
 * Whoever it is, the name of a third user is `AttributeValueMustBeUnique`.
 */
export function decideUser(facts: UserFacts): UserDecision {
  const { byAnchor, byName } = facts;
  const decision = byAnchor === undefined ? matchSoftly(facts) : matchHard(byAnchor, facts.features);
  if ('refusal' in decision || byName === undefined || byName.anchor === decision.become?.anchor) return decision;
  return { refusal: 'AttributeValueMustBeUnique', owner: byName };
}

function matchHard(known: KnownObject, features: TenantFeatures): UserDecision {
  if (known.type === 'group') return { refusal: 'ObjectTypeMismatch' };
  if (!known.cloudOnly) return { become: known };
  if (known.administrator) return { refusal: 'ExistingAdminRoleConflict', owner: known };
  return features.BlockCloudObjectTakeoverThroughHardMatch
    ? { refusal: 'InvalidHardMatch', owner: known }
    : { become: known };
}

function matchSoftly({ byAddress, byName, features }: UserFacts): UserDecision {
  const [owner, ...others] = byAddress;
  if (owner !== undefined) {
    const administrator = byAddress.find((known) => known.administrator);
    if (administrator !== undefined) return { refusal: 'ExistingAdminRoleConflict', owner: administrator };
    const blocked = others.length > 0 || !owner.cloudOnly || features.BlockSoftMatch;
    return blocked ? { refusal: 'InvalidSoftMatch', owner } : { become: owner };
  }
  if (byName === undefined) return { become: undefined };
  if (byName.administrator) return { refusal: 'ExistingAdminRoleConflict', owner: byName };
  if (!byName.cloudOnly || !features.EnableSoftMatchOnUpn) {
    return { refusal: 'AttributeValueMustBeUnique', owner: byName };
  }
  return features.BlockSoftMatch ? { refusal: 'InvalidSoftMatch', owner: byName } : { become: byName };
}

/** The address that a user is matched by: the `SMTP:` one of `proxyAddresses`, else `mail`; undefined without either. */
export function primaryAddressOf(user: Pick<User, 'mail' | 'proxyAddresses'>): string | undefined {
  const proxy = user.proxyAddresses?.find((address) => address.startsWith('SMTP:'));
  const address = proxy === undefined ? user.mail : proxy.slice('SMTP:'.length);
  return address === '' ? undefined : address;
}
