import {
  attributeValue,
  type AttributeName,
  type ReplicatedAttribute,
  type ReplicatedObject,
} from '@ad-protocols/drsr';
import type { CredentialVersion } from '@causeway/model';
import type { Filetime } from '@ad-protocols/wire';

/** Bytes of an NT hash. */
const NT_HASH_BYTES = 16;
/** Accounts of users; computers, trusts and managed service accounts lack it. @see [MS-ADTS] userAccountControl Bits (2.2.16) */
const UF_NORMAL_ACCOUNT = 0x0200;

/** Attributes that a credential is made of, and those that tell whose it is. */
export const credentialAttributes = [
  'pwdLastSet',
  'sAMAccountName',
  'supplementalCredentials',
  'unicodePwd',
  'userAccountControl',
] as const satisfies readonly AttributeName[];

/** A user's password as the DC has it. The bytes are views of the object's. */
export interface CarriedCredential {
  readonly version: CredentialVersion;
  readonly ntHash: Uint8Array;
  readonly supplementalCredentials: Uint8Array | undefined;
  /** 0 for a temporary password. */
  readonly passwordLastSet: Filetime;
}

/** What an object that the DC has sent means for password hash sync. */
export type CredentialDecision =
  | { readonly kind: 'password'; readonly credential: CarriedCredential }
  /** A user without a password. */
  | { readonly kind: 'noPassword' }
  /** Something that matters has changed, but not all that is needed has come: ask for the whole object. */
  | { readonly kind: 'readWhole' }
  | { readonly kind: 'deleted' }
  /** Nothing about a user's password. */
  | { readonly kind: 'irrelevant' };

/**
 * What a replicated object means: a pure decision, in this order. Whether a user is in scope is not decided here, but by the
 * synchronization rules.
 *
 * | object                                                     | decision                              |
 * | ---------------------------------------------------------- | ------------------------------------- |
 * | deleted                                                    | deleted                               |
 * | none of its changes concerns a password                    | irrelevant                            |
 * | no `userAccountControl`, though all attributes have come   | irrelevant: a group                   |
 * | a computer, trust or managed service account by its flags  | irrelevant                            |
 * | only some of the attributes have come (they alone changed) | readWhole                             |
 * | without an NT hash of 16 bytes                             | noPassword                            |
 * | every other                                                | password, of the version of `unicodePwd` |
 *
 * Neither `accountExpires` nor the age of the password counts: an account or a password that has expired in the forest
 * works in the tenant, as it does with Azure AD Connect.
 *
 * @param whole Whether the object has come with all its attributes, and not only with those that have changed.
 */
export function decideCredential(object: ReplicatedObject, whole: boolean): CredentialDecision {
  const { attributes } = object;
  if (object.isDeleted) return { kind: 'deleted' };
  if (!credentialAttributes.some((name) => attributes.has(name))) return { kind: 'irrelevant' };
  const accountControl = attributeValue(object, 'userAccountControl');
  // Groups have a sAMAccountName too, but never account flags; so has an object whose flags did not change.
  if (accountControl === undefined) return { kind: whole ? 'irrelevant' : 'readWhole' };
  if ((accountControl & UF_NORMAL_ACCOUNT) === 0) return { kind: 'irrelevant' };
  if (!whole && credentialAttributes.some((name) => !attributes.has(name))) return { kind: 'readWhole' };
  const password = attributes.get('unicodePwd');
  const ntHash = password?.values[0];
  if (password === undefined || ntHash?.length !== NT_HASH_BYTES) return { kind: 'noPassword' };
  return {
    kind: 'password',
    credential: {
      version: versionOf(password.metadata),
      ntHash,
      supplementalCredentials: attributes.get('supplementalCredentials')?.values[0],
      passwordLastSet: attributeValue(object, 'pwdLastSet') ?? 0n,
    },
  };
}

/** Whether the password has to be changed at the next logon: a temporary one. */
export function isTemporary({ passwordLastSet }: CarriedCredential): boolean {
  return passwordLastSet === 0n;
}

/** Whether `pwdLastSet` is all that changed: the mark of a temporary password was set or taken away. */
export function isOnlyPwdLastSet({ attributes }: ReplicatedObject): boolean {
  const changed = credentialAttributes.filter((name) => attributes.has(name));
  return changed.length === 1 && changed[0] === 'pwdLastSet';
}

/** Replication metadata counts whole seconds, and so do versions. */
function versionOf(metadata: ReplicatedAttribute['metadata']): CredentialVersion {
  return {
    version: metadata.version,
    changedAt: `${metadata.changedAt.toISOString().slice(0, 19)}Z`,
    originatingDsa: metadata.originatingDsa,
  };
}
