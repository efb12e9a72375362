import {
  attributeValue,
  type AttributeName,
  type ReplicatedAttribute,
  type ReplicatedObject,
} from '@ad-protocols/drsr';
import type { CredentialVersion } from '@causeway/model';
import { ridOf, type Filetime } from '@ad-protocols/wire';
import { exclusionOf, UF_ACCOUNTDISABLE, type Exclusion } from '../objects/user-scope.ts';

/** Bytes of an NT hash. */
const NT_HASH_BYTES = 16;

/** Attributes that a credential is made of, and those that decide whether it is carried. */
export const credentialAttributes = [
  'pwdLastSet',
  'sAMAccountName',
  'supplementalCredentials',
  'unicodePwd',
  'userAccountControl',
] as const satisfies readonly AttributeName[];

/** Why a user's password is not carried, in words for a log and for `causeway status`. */
export type SkipReason = Exclusion | 'has no password' | 'is disabled' | 'must change the password at next logon';

/** A password that is to be carried. The bytes are views of the object's. */
export interface CarriedCredential {
  readonly version: CredentialVersion;
  readonly ntHash: Uint8Array;
  readonly supplementalCredentials: Uint8Array | undefined;
  readonly passwordLastSet: Filetime;
}

/** What an object that the DC has sent means for password hash sync. */
export type CredentialDecision =
  | { readonly kind: 'carry'; readonly credential: CarriedCredential }
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  /** Something that matters has changed, but not all that is needed has come: ask for the whole object. */
  | { readonly kind: 'readWhole' }
  /** Nothing about a user's password. */
  | { readonly kind: 'irrelevant' };

/** Whether a decision is about a user in scope, carried now or not. */
export function isUserInScope(decision: CredentialDecision): boolean {
  return decision.kind === 'carry' || (decision.kind === 'skip' && userReasons.has(decision.reason));
}

const userReasons: ReadonlySet<SkipReason> = new Set<SkipReason>([
  'has no password',
  'is disabled',
  'must change the password at next logon',
]);

/**
 * What a replicated object means: a pure decision, in this order.
 *
 * | object                                                     | decision                                    |
 * | ---------------------------------------------------------- | ------------------------------------------- |
 * | deleted, or none of its changes concerns a password        | irrelevant                                  |
 * | a computer, trust or managed service account by its flags  | skip: not an ordinary user account          |
 * | only some of the attributes have come (they alone changed) | readWhole                                   |
 * | excluded from object sync too                              | skip, with that reason                      |
 * | without `unicodePwd`                                       | skip: has no password                       |
 * | ACCOUNTDISABLE                                             | skip: is disabled                           |
 * | `pwdLastSet` 0                                             | skip: must change the password (FilteredByTarget) |
 * | every other                                                | carry, with the version of `unicodePwd`     |
 *
 * A disabled user's password stays in the forest, as it does with Azure AD Connect, where the rule that carries passwords
 * applies to enabled users only: what cannot be used need not travel. Enabling the user changes
 * `userAccountControl`, which brings the password at once. The same holds for a password that must be changed first.
 *
 * @param whole Whether the object has come with all its attributes, and not only with those that have changed.
 */
export function decideCredential(object: ReplicatedObject, whole: boolean): CredentialDecision {
  const { attributes } = object;
  if (object.isDeleted || !credentialAttributes.some((name) => attributes.has(name))) return { kind: 'irrelevant' };
  const accountControl = attributeValue(object, 'userAccountControl');
  const passwordLastSet = attributeValue(object, 'pwdLastSet');
  const accountName = attributeValue(object, 'sAMAccountName');
  const password = attributes.get('unicodePwd');
  // Groups have a sAMAccountName too, but never account flags; so has an object whose flags did not change.
  if (accountControl === undefined) return whole ? { kind: 'irrelevant' } : { kind: 'readWhole' };
  const reason = exclusionOf({
    accountName,
    distinguishedName: object.dn,
    accountControl,
    relativeId: object.sid === undefined ? undefined : ridOf(object.sid),
  });
  if (reason === 'is not an ordinary user account') return { kind: 'skip', reason };
  if (!whole && credentialAttributes.some((name) => !attributes.has(name))) return { kind: 'readWhole' };
  if (reason !== undefined) return { kind: 'skip', reason };
  const ntHash = password?.values[0];
  if (password === undefined || ntHash?.length !== NT_HASH_BYTES) return { kind: 'skip', reason: 'has no password' };
  if ((accountControl & UF_ACCOUNTDISABLE) !== 0) return { kind: 'skip', reason: 'is disabled' };
  if (passwordLastSet === undefined || passwordLastSet === 0n) {
    return { kind: 'skip', reason: 'must change the password at next logon' };
  }
  const supplementalCredentials = attributes.get('supplementalCredentials')?.values[0];
  const version = versionOf(password.metadata);
  return { kind: 'carry', credential: { version, ntHash, supplementalCredentials, passwordLastSet } };
}

/** Replication metadata counts whole seconds, and so do versions. */
function versionOf(metadata: ReplicatedAttribute['metadata']): CredentialVersion {
  return {
    version: metadata.version,
    changedAt: `${metadata.changedAt.toISOString().slice(0, 19)}Z`,
    originatingDsa: metadata.originatingDsa,
  };
}
