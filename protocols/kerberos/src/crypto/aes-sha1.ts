import { deriveKey, kerberosStringToKey } from '@ad-protocols/crypto';
import { aesEncryptionType } from './aes-type.ts';

const common = {
  integrity: { hash: 'sha1', checksumBytes: 12, cover: 'plaintext' },
  defaultIterations: 4096,
  deriveKey,
} as const;

/** `aes128-cts-hmac-sha1-96` with checksum `hmac-sha1-96-aes128`. @see RFC 3962 §7 */
export const aes128Sha1 = aesEncryptionType({
  ...common,
  id: 17,
  name: 'aes128-cts-hmac-sha1-96',
  keyBytes: 16,
  checksumType: 15,
  stringToKey: (password, salt, iterations) =>
    kerberosStringToKey({ enctype: 'aes128-cts-hmac-sha1-96', password, salt, iterations }),
});

/** `aes256-cts-hmac-sha1-96` with checksum `hmac-sha1-96-aes256`. @see RFC 3962 §7 */
export const aes256Sha1 = aesEncryptionType({
  ...common,
  id: 18,
  name: 'aes256-cts-hmac-sha1-96',
  keyBytes: 32,
  checksumType: 16,
  stringToKey: (password, salt, iterations) =>
    kerberosStringToKey({ enctype: 'aes256-cts-hmac-sha1-96', password, salt, iterations }),
});
