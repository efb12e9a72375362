import { formatCredentialVersion, type CredentialVersion, type SourceAnchor, type User } from '@causeway/model';
import type { ManagedCredential } from './managed-credential.ts';
import {
  anchorAttribute,
  credentialVersionAttribute,
  followedAttributes,
  formatAnchorIdentity,
  type ManagedUser,
} from './managed-user.ts';
import { formatCommonName, textAttribute, type Attribute, type Operation } from './operation.ts';

/** What a user of the managed domain shall be. */
export interface WantedUser {
  readonly anchor: SourceAnchor;
  readonly user: User;
  readonly enabled: boolean;
  /** True for a temporary password: the user has to choose another at the next sign-in. */
  readonly mustChangePassword: boolean;
  /** The credential to write; undefined leaves the one that is there. */
  readonly credential: { readonly credential: ManagedCredential; readonly version: CredentialVersion } | undefined;
  /** True when the wanted names are taken, and the present ones stay. */
  readonly keepNames: boolean;
}

/** Bits of `userAccountControl`. @see [MS-ADTS] userAccountControl Bits (2.2.16) */
export const accountFlags = {
  disabled: 0x2,
  lockedOut: 0x10,
  normalAccount: 0x200,
  passwordNeverExpires: 0x1_0000,
  passwordExpired: 0x80_0000,
} as const;

/** Bits that a DC computes and does not keep. */
const computedFlags = accountFlags.lockedOut | accountFlags.passwordExpired;

/** Creates a user, with the credential in the same write where there is one. */
export function addUser(dn: string, wanted: WantedUser): Operation {
  const { user, anchor, credential } = wanted;
  const attributes = [
    textAttribute('objectClass', 'user'),
    textAttribute('sAMAccountName', user.accountName),
    textAttribute('userPrincipalName', user.userPrincipalName),
    textAttribute('userAccountControl', String(accountControl(0, wanted))),
    textAttribute(anchorAttribute, formatAnchorIdentity(anchor)),
  ];
  for (const [name, attribute] of followed()) {
    const value = user[name];
    if (value) attributes.push(textAttribute(attribute, value));
  }
  if (credential) {
    attributes.push(...credentialAttributes(credential, wanted.mustChangePassword).filter(hasValues));
  }
  return { kind: 'add', dn, attributes };
}

/**
 * Changes a user where it differs, in one write. Only the name of the object itself needs another, which comes last: when
 * it is refused, the password is there already.
 */
export function changeUser(managed: ManagedUser, wanted: WantedUser): Operation[] {
  const { user, credential } = wanted;
  const operations: Operation[] = [];
  const replace: Attribute[] = [];
  if (!wanted.keepNames) {
    if (managed.accountName !== user.accountName) replace.push(textAttribute('sAMAccountName', user.accountName));
    if (managed.userPrincipalName !== user.userPrincipalName) {
      replace.push(textAttribute('userPrincipalName', user.userPrincipalName));
    }
  }
  for (const [name, attribute] of followed()) {
    const value = user[name] ?? '';
    if (value !== (managed.followed[name] ?? ''))
      replace.push(textAttribute(attribute, ...(value === '' ? [] : [value])));
  }
  const identity = formatAnchorIdentity(wanted.anchor);
  if (!managed.anchorIdentities.includes(identity)) {
    replace.push(textAttribute(anchorAttribute, ...managed.otherIdentities, identity));
  }
  const control = accountControl(managed.userAccountControl, wanted);
  if (control !== managed.userAccountControl) replace.push(textAttribute('userAccountControl', String(control)));
  if (credential) {
    replace.push(...credentialAttributes(credential, wanted.mustChangePassword));
    // The wrong passwords that locked the user out were, or may have been, the new one tried too early.
    if (managed.locked) replace.push(textAttribute('lockoutTime', '0'));
  }
  if (replace.length > 0) operations.push({ kind: 'modify', dn: formatGuidName(managed), replace });
  if (!wanted.keepNames && managed.commonName !== user.accountName) {
    operations.push({ kind: 'rename', dn: managed.dn, rdn: formatCommonName(user.accountName) });
  }
  return operations;
}

/** Deletes a user. */
export function deleteUser(managed: ManagedUser): Operation {
  return { kind: 'delete', dn: formatGuidName(managed) };
}

function formatGuidName({ guid }: ManagedUser): string {
  return `<GUID=${guid}>`;
}

/**
 * Whether the password that a user holds is a temporary one: a password that never expires need never be changed, so that
 * bit is missing for temporary ones, and for them only. It stays so when the user has chosen another.
 */
export function holdsTemporaryPassword(managed: ManagedUser): boolean {
  const neverExpires = (managed.userAccountControl & accountFlags.passwordNeverExpires) !== 0;
  return managed.credentialVersion !== undefined && !neverExpires;
}

/** Settings that an administrator of the managed domain made stay; those that are ours are set. */
function accountControl(
  present: number,
  { enabled, mustChangePassword }: Pick<WantedUser, 'enabled' | 'mustChangePassword'>,
): number {
  const others = present & ~computedFlags & ~accountFlags.disabled & ~accountFlags.passwordNeverExpires;
  const expiry = mustChangePassword ? 0 : accountFlags.passwordNeverExpires;
  return others | accountFlags.normalAccount | expiry | (enabled ? 0 : accountFlags.disabled);
}

/**
 * Hash, keys, their version and the time the password was set, for one and the same write: no reader ever sees a new hash
 * with old keys. What the credential does not have is removed, and so is the history, whose last password Samba would
 * go on accepting over NTLM for an hour. `pwdLastSet` 0 makes a password one that must be changed. @see [MS-ADTS] 3.1.1.4.5.17
 */
function credentialAttributes(
  { credential, version }: NonNullable<WantedUser['credential']>,
  mustChangePassword: boolean,
): Attribute[] {
  const { unicodePwd, supplementalCredentials, passwordLastSet } = credential;
  return [
    { name: 'unicodePwd', values: unicodePwd ? [unicodePwd] : [] },
    { name: 'supplementalCredentials', values: supplementalCredentials ? [supplementalCredentials] : [] },
    { name: 'ntPwdHistory', values: [] },
    { name: 'lmPwdHistory', values: [] },
    textAttribute('pwdLastSet', mustChangePassword ? '0' : String(passwordLastSet)),
    textAttribute(credentialVersionAttribute, formatCredentialVersion(version)),
  ];
}

function hasValues({ values }: Attribute): boolean {
  return values.length > 0;
}

function followed(): [keyof typeof followedAttributes, string][] {
  return Object.entries(followedAttributes) as [keyof typeof followedAttributes, string][];
}
