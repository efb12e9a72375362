import { KerberosError } from '../errors.ts';
import { aes128Sha1, aes256Sha1 } from './aes-sha1.ts';
import { aes128Sha2, aes256Sha2 } from './aes-sha2.ts';
import type { AesEncryptionType, EncryptionType } from './encryption-type.ts';
import { rc4Hmac } from './rc4-hmac.ts';

/** The encryption types of this package, by name. @see RFC 3961 §8, RFC 8009 §8 */
export const kerberosEnctypes = {
  'aes128-cts-hmac-sha1-96': 17,
  'aes256-cts-hmac-sha1-96': 18,
  'aes128-cts-hmac-sha256-128': 19,
  'aes256-cts-hmac-sha384-192': 20,
  'rc4-hmac': 23,
} as const;

const aesTypes = new Map([aes256Sha1, aes128Sha1, aes256Sha2, aes128Sha2].map((type) => [type.id, type]));

/** The AES encryption type of this number, if it is one. */
export function aesEncryptionTypeOf(id: number): AesEncryptionType | undefined {
  return aesTypes.get(id);
}

/**
 * The encryption type of this number.
 *
 * @throws {KerberosError} ERR_KRB5_ENCTYPE: none of {@link kerberosEnctypes}.
 */
export function encryptionTypeOf(id: number): EncryptionType {
  const type = id === rc4Hmac.id ? rc4Hmac : aesTypes.get(id);
  if (type !== undefined) return type;
  throw new KerberosError({
    code: 'ERR_KRB5_ENCTYPE',
    message: `encryption type ${id} is not supported`,
    nextStep: 'Let the account have AES keys: allow AES in msDS-SupportedEncryptionTypes and set its password anew.',
  });
}
