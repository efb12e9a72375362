import { createCipheriv, pbkdf2Sync } from 'node:crypto';
import { nFold } from './n-fold.ts';

/** The two encryption types of Kerberos that Active Directory derives AES keys for. @see RFC 3962 §7 */
export type KerberosEnctype = 'aes128-cts-hmac-sha1-96' | 'aes256-cts-hmac-sha1-96';

/** What a Kerberos key is derived from. */
export interface KerberosKeySource {
  readonly enctype: KerberosEnctype;
  readonly password: string;
  /** In Active Directory: the realm in upper case and the account name, `CORP.CONTOSO.TESTalice`. */
  readonly salt: string;
  /** PBKDF2 rounds. Active Directory uses 4096. */
  readonly iterations: number;
}

const ciphers = {
  'aes128-cts-hmac-sha1-96': { name: 'aes-128-ecb', keyBytes: 16 },
  'aes256-cts-hmac-sha1-96': { name: 'aes-256-ecb', keyBytes: 32 },
} as const;

/** The constant of the key derivation, spread over one AES block. */
const derivationConstant = nFold(new TextEncoder().encode('kerberos'), 16);

/**
 * The Kerberos key of a password: 16 bytes for AES-128, 32 for AES-256. The caller wipes it.
 *
 * PBKDF2-HMAC-SHA1 over the UTF-8 password and salt, then DK with the constant "kerberos". Takes milliseconds with
 * 4096 iterations, and blocks meanwhile.
 *
 * @see RFC 3962 §4
 */
export function kerberosStringToKey(source: KerberosKeySource): Uint8Array {
  const { name, keyBytes } = ciphers[source.enctype];
  const password = Buffer.from(source.password, 'utf8');
  const intermediate = pbkdf2Sync(password, source.salt, source.iterations, keyBytes, 'sha1');
  password.fill(0);

  // DR of RFC 3961 §5.1: each block of the key is the block before, encrypted.
  const cipher = createCipheriv(name, intermediate, null).setAutoPadding(false);
  const key = new Uint8Array(keyBytes);
  let input = derivationConstant;
  for (let offset = 0; offset < keyBytes; offset += input.length) {
    const block = cipher.update(input);
    key.set(block, offset);
    block.fill(0);
    input = key.subarray(offset, offset + block.length);
  }
  cipher.final();
  intermediate.fill(0);
  return key;
}
