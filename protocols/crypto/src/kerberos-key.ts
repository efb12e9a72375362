import { pbkdf2Sync } from 'node:crypto';
import { deriveKey } from './derive-key.ts';

/** The two encryption types of Kerberos that Active Directory derives AES keys for. @see RFC 3962 §7 */
export type KerberosEnctype = 'aes128-cts-hmac-sha1-96' | 'aes256-cts-hmac-sha1-96';

/** What a Kerberos key is derived from. */
export interface KerberosKeySource {
  readonly enctype: KerberosEnctype;
  readonly password: string;
  /** In Active Directory: the realm in upper case and the account name, `CORP.CONTOSO.TESTalice`. */
  readonly salt: string | Uint8Array;
  /** PBKDF2 rounds. Active Directory uses 4096. */
  readonly iterations: number;
}

const keyBytes = { 'aes128-cts-hmac-sha1-96': 16, 'aes256-cts-hmac-sha1-96': 32 } as const;

/** The constant that the key of a password is derived with. */
const passwordConstant = new TextEncoder().encode('kerberos');

/**
 * The Kerberos key of a password: 16 bytes for AES-128, 32 for AES-256. The caller wipes it.
 *
 * PBKDF2-HMAC-SHA1 over the UTF-8 password and salt, then DK with the constant "kerberos". Takes milliseconds with
 * 4096 iterations, and blocks meanwhile.
 *
 * @see RFC 3962 §4
 */
export function kerberosStringToKey(source: KerberosKeySource): Uint8Array {
  const password = Buffer.from(source.password, 'utf8');
  const intermediate = pbkdf2Sync(password, source.salt, source.iterations, keyBytes[source.enctype], 'sha1');
  password.fill(0);
  const key = deriveKey(intermediate, passwordConstant);
  intermediate.fill(0);
  return key;
}
