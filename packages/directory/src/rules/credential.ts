import { compareCredentialVersions, type CredentialVersion, type KeyId } from '@causeway/model';

/** A sealed credential without its bytes. */
export interface CredentialIdentity {
  readonly version: CredentialVersion;
  readonly keyId: KeyId;
  /** True for a temporary password. */
  readonly mustChangePassword: boolean;
}

/**
 * Whether an offered credential takes the place of the stored one. `offered` is sealed to the tenant's key.
 *
 * | offered against stored        | decision                                               |
 * |-------------------------------|--------------------------------------------------------|
 * | nothing stored                | `accepted`                                             |
 * | older version                 | `superseded`, whatever it is sealed to                 |
 * | same version, same key        | `unchanged`                                            |
 * | same version, another key     | `accepted`: the stored one no longer opens             |
 * | same version, now temporary,  | `accepted`: an administrator changed only that         |
 * | or no longer                  |                                                        |
 * | newer version                 | `accepted`                                             |
 */
export function decideCredential(
  stored: CredentialIdentity | null,
  offered: CredentialIdentity,
): 'accepted' | 'unchanged' | 'superseded' {
  if (stored === null) return 'accepted';
  const order = compareCredentialVersions(offered.version, stored.version);
  if (order < 0) return 'superseded';
  const same = offered.keyId === stored.keyId && offered.mustChangePassword === stored.mustChangePassword;
  return order === 0 && same ? 'unchanged' : 'accepted';
}

/**
 * The key that a sealed credential says it is sealed to; undefined when it is not of a format this release knows.
 *
 * Layout: format (1, value 1) ‖ key id (8) ‖ what only the managed domain reads.
 */
export function readSealedKeyId(sealed: Uint8Array): KeyId | undefined {
  if (sealed.length < 9 || sealed[0] !== 1) return undefined;
  return Buffer.from(sealed.buffer, sealed.byteOffset + 1, 8).toString('hex');
}
