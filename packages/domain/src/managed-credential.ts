import { timingSafeEqual } from 'node:crypto';
import { decodeCredential, wipeCredential } from '@causeway/credential';
import {
  decodeSupplementalCredentials,
  encodeSupplementalCredentials,
  wipeKerberosKeys,
  type KerberosKeys,
} from '@ad-protocols/credentials';
import { CausewayError } from '@causeway/model';
import { copySecret, type Filetime } from '@ad-protocols/wire';

/** A credential in the form in which a Samba DC keeps it. Whoever has it wipes it. */
export interface ManagedCredential {
  /** NT hash, 16 bytes; undefined where the source leaves it out. */
  readonly unicodePwd: Uint8Array | undefined;
  /** AES keys in the shape that Samba checks for; undefined where the source has none. */
  readonly supplementalCredentials: Uint8Array | undefined;
  readonly passwordLastSet: Filetime;
}

/**
 * The form for Samba of a credential's plaintext. The plaintext stays the caller's to wipe.
 *
 * The value of `supplementalCredentials` is built anew with random DES keys, decoded again and compared, so that what is
 * written is proven to hold the keys and the salt that came.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @throws {CausewayError} ERR_DOMAIN_KEYS_CHANGED: the comparison failed, and nothing may be written.
 */
export function rebuildCredential(plaintext: Uint8Array): ManagedCredential {
  const credential = decodeCredential(plaintext);
  const unicodePwd = credential.ntHash && copySecret(credential.ntHash);
  try {
    const supplementalCredentials = credential.kerberos && rebuildKeys(credential.kerberos);
    return { unicodePwd, supplementalCredentials, passwordLastSet: credential.passwordLastSet };
  } catch (error) {
    unicodePwd?.fill(0);
    throw error;
  } finally {
    wipeCredential(credential);
  }
}

function rebuildKeys(wanted: KerberosKeys): Uint8Array {
  const encoded = encodeSupplementalCredentials({ kerberos: wanted });
  const { kerberos: stored } = decodeSupplementalCredentials(encoded);
  const same = stored !== undefined && equalKeys(stored, wanted);
  if (stored) wipeKerberosKeys(stored);
  if (same) return encoded;
  encoded.fill(0);
  throw new CausewayError({
    code: 'ERR_DOMAIN_KEYS_CHANGED',
    message: 'the Kerberos keys are not the same after they were put into the form of the managed domain',
    nextStep: 'report this as a defect of Causeway; the credential was not written',
    disposition: 'halt',
  });
}

function equalKeys(left: KerberosKeys, right: KerberosKeys): boolean {
  return (
    left.salt === right.salt &&
    left.iterationCount === right.iterationCount &&
    timingSafeEqual(left.aes256, right.aes256) &&
    timingSafeEqual(left.aes128, right.aes128)
  );
}

/** Overwrites the hash and the keys with zeros. */
export function wipeManagedCredential(credential: ManagedCredential): void {
  credential.unicodePwd?.fill(0);
  credential.supplementalCredentials?.fill(0);
}
