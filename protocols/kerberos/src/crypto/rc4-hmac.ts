import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hmacMd5, ntHash, Rc4 } from '@ad-protocols/crypto';
import type { EncryptionType } from './encryption-type.ts';
import { integrityError, keyError } from './key-errors.ts';

const KEY_BYTES = 16;
const CONFOUNDER_BYTES = 8;
const CHECKSUM_BYTES = 16;

const signatureConstant = new TextEncoder().encode('signaturekey\0');

/** 4 bytes, little-endian: how this type writes a usage, which it calls message type. */
export function messageType(type: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, type, true);
  return bytes;
}

/** The key that signs. The caller wipes it. @see RFC 4757 §4, §7.2 */
export function signatureKey(key: Uint8Array): Uint8Array {
  return hmacMd5(key, signatureConstant);
}

/**
 * Usages that have another number here: the encrypted part of an AS reply is 8, and the checksum of a sealed message is 13.
 * The erratum to §3 takes back that 9 would become 8.
 *
 * @see RFC 4757 §3 with erratum
 */
function usageType(usage: number): Uint8Array {
  if (usage === 3) return messageType(8);
  return messageType(usage === 23 ? 13 : usage);
}

/** The key, once its length is right. @throws {KerberosError} ERR_KRB5_KEY */
export function rc4KeyOf(key: Uint8Array): Uint8Array {
  if (key.length === KEY_BYTES) return key;
  throw keyError(rc4Hmac.name, `a key of ${key.length} bytes instead of ${KEY_BYTES}`);
}

/** Encrypts or decrypts the parts in place, one after the other, with a key that is used once and wiped. */
export function applyStreamOnce(key: Uint8Array, parts: readonly Uint8Array[]): void {
  const stream = new Rc4(key);
  for (const part of parts) stream.applyInPlace(part);
  stream.wipe();
  key.fill(0);
}

/**
 * `rc4-hmac` with checksum HMAC-MD5. The long-term key is the NT hash; salt and parameters do not count.
 *
 * Layout of a ciphertext: checksum (16) ‖ encrypted confounder (8) ‖ encrypted plaintext.
 *
 * @see RFC 4757 §2 to §5
 */
export const rc4Hmac: EncryptionType = {
  id: 23,
  name: 'rc4-hmac',
  keyBytes: KEY_BYTES,
  confounderBytes: CONFOUNDER_BYTES,
  checksumType: -138,
  checksumBytes: CHECKSUM_BYTES,
  stringToKey: (source) => ntHash(source.password),
  encrypt(key, usage, plaintext, confounder = randomBytes(CONFOUNDER_BYTES)) {
    const usageKey = hmacMd5(rc4KeyOf(key), usageType(usage));
    const ciphertext = new Uint8Array(CHECKSUM_BYTES + CONFOUNDER_BYTES + plaintext.length);
    const text = ciphertext.subarray(CHECKSUM_BYTES);
    text.set(confounder);
    text.set(plaintext, CONFOUNDER_BYTES);
    const checksum = hmacMd5(usageKey, text);
    ciphertext.set(checksum);
    applyStreamOnce(hmacMd5(usageKey, checksum), [text]);
    usageKey.fill(0);
    return ciphertext;
  },
  decrypt(key, usage, ciphertext) {
    if (ciphertext.length < CHECKSUM_BYTES + CONFOUNDER_BYTES) throw integrityError(rc4Hmac.name);
    const usageKey = hmacMd5(rc4KeyOf(key), usageType(usage));
    const checksum = ciphertext.subarray(0, CHECKSUM_BYTES);
    const text = new Uint8Array(ciphertext.subarray(CHECKSUM_BYTES));
    applyStreamOnce(hmacMd5(usageKey, checksum), [text]);
    const right = timingSafeEqual(hmacMd5(usageKey, text), checksum);
    usageKey.fill(0);
    const plaintext = text.slice(CONFOUNDER_BYTES);
    text.fill(0);
    if (right) return plaintext;
    plaintext.fill(0);
    throw integrityError(rc4Hmac.name);
  },
  checksum(key, usage, data) {
    const signingKey = signatureKey(rc4KeyOf(key));
    const digest = createHash('md5').update(usageType(usage)).update(data).digest();
    const checksum = hmacMd5(signingKey, digest);
    signingKey.fill(0);
    return checksum;
  },
};
