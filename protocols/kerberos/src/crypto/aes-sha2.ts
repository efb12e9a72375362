import { createHmac, pbkdf2Sync } from 'node:crypto';
import { aesEncryptionType } from './aes-type.ts';
import type { AesEncryptionType } from './encryption-type.ts';
import { keyPurposes } from './aes-usage-key.ts';

/** The constant that the key of a password is derived with. */
const passwordLabel = new TextEncoder().encode('kerberos');

/**
 * The first `length` bytes of KDF-HMAC-SHA2, whose one block is all that Kerberos needs. The caller wipes them.
 *
 * HMAC(key, 1 (4, big-endian) ‖ label ‖ 0 (1) ‖ length in bits (4, big-endian)).
 *
 * @see RFC 8009 §3
 */
function kdfHmacSha2(hash: 'sha256' | 'sha384', key: Uint8Array, label: Uint8Array, length: number): Uint8Array {
  const input = new Uint8Array(9 + label.length);
  const view = new DataView(input.buffer);
  view.setUint32(0, 1);
  input.set(label, 4);
  view.setUint32(5 + label.length, length * 8);
  const block = createHmac(hash, key).update(input).digest();
  const derived = new Uint8Array(block.subarray(0, length));
  block.fill(0);
  return derived;
}

interface AesSha2Details {
  readonly id: 19 | 20;
  readonly name: string;
  readonly hash: 'sha256' | 'sha384';
  readonly keyBytes: 16 | 32;
  readonly checksumBytes: 16 | 24;
}

function aesSha2(details: AesSha2Details): AesEncryptionType {
  const { id, name, hash, keyBytes, checksumBytes } = details;
  return aesEncryptionType({
    id,
    name,
    keyBytes,
    // Encryption type and checksum type have the same number. @see RFC 8009 §8
    checksumType: id,
    integrity: { hash, checksumBytes, cover: 'ciphertext' },
    defaultIterations: 32_768,
    deriveKey(baseKey, constant) {
      const encrypts = constant.at(-1) === keyPurposes.encryption;
      return kdfHmacSha2(hash, baseKey, constant, encrypts ? keyBytes : checksumBytes);
    },
    /** The salt is preceded by the type's name and a zero. @see RFC 8009 §4 */
    stringToKey(password, salt, iterations) {
      const secret = Buffer.from(password, 'utf8');
      const prefixed = Buffer.concat([Buffer.from(`${name}\0`, 'latin1'), salt]);
      const intermediate = pbkdf2Sync(secret, prefixed, iterations, keyBytes, hash);
      secret.fill(0);
      const key = kdfHmacSha2(hash, intermediate, passwordLabel, keyBytes);
      intermediate.fill(0);
      return key;
    },
  });
}

/** `aes128-cts-hmac-sha256-128` with checksum `hmac-sha256-128-aes128`. @see RFC 8009 §5, §6 */
export const aes128Sha2 = aesSha2({
  id: 19,
  name: 'aes128-cts-hmac-sha256-128',
  hash: 'sha256',
  keyBytes: 16,
  checksumBytes: 16,
});

/** `aes256-cts-hmac-sha384-192` with checksum `hmac-sha384-192-aes256`. @see RFC 8009 §5, §6 */
export const aes256Sha2 = aesSha2({
  id: 20,
  name: 'aes256-cts-hmac-sha384-192',
  hash: 'sha384',
  keyBytes: 32,
  checksumBytes: 24,
});
