import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

/** HPKE in base mode with X25519, HKDF-SHA256 and AES-256-GCM. @see RFC 9180 §7 */
export const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** Ties every encapsulation to this use: HPKE's `info`. */
export const hpkeInfo: ArrayBuffer = new TextEncoder().encode('causeway sealed credential 1').buffer;

/** Bytes of an X25519 public or private key, and of a key encapsulated with it. */
export const X25519_KEY_BYTES = 32;

/** Bytes of the AES-256 key that a credential is sealed with. */
export const CREDENTIAL_KEY_BYTES = 32;
