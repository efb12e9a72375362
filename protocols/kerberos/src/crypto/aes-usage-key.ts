import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { AES_BLOCK_BYTES, aesCtsDecrypt, aesCtsEncrypt } from './aes-cts.ts';
import type { SignedAround, UsageKey } from './encryption-type.ts';

/** The purposes of the three keys that belong to one usage: the last byte of the constants they are derived with. */
export const keyPurposes = { checksum: 0x99, encryption: 0xaa, integrity: 0x55 } as const;

/** What the integrity check covers: the plaintext (RFC 3961), or the cipher state and the ciphertext (RFC 8009). */
export type IntegrityCover = 'plaintext' | 'ciphertext';

/** How an AES encryption type signs. */
export interface AesIntegrity {
  readonly hash: 'sha1' | 'sha256' | 'sha384';
  readonly checksumBytes: number;
  readonly cover: IntegrityCover;
}

const zeroBlock = new Uint8Array(AES_BLOCK_BYTES);

/** The constant that a key is derived with: usage (4, big-endian) ‖ purpose (1). @see RFC 3961 §5.3, RFC 8009 §5 */
export function usageConstant(usage: number, purpose: number): Uint8Array {
  const constant = new Uint8Array(5);
  new DataView(constant.buffer).setUint32(0, usage);
  constant[4] = purpose;
  return constant;
}

/**
 * The three keys of one usage, as key objects: making one anew for each message costs as much as the hash itself.
 *
 * @see RFC 3961 §5.3, RFC 8009 §5
 */
export class AesUsageKey implements UsageKey {
  readonly checksumBytes: number;
  readonly #integrity: AesIntegrity;
  readonly #encryptionKey: KeyObject;
  readonly #integrityKey: KeyObject;
  readonly #checksumKey: KeyObject;

  /** `derive` gives the key of a purpose, for this object to wipe. */
  constructor(integrity: AesIntegrity, derive: (purpose: number) => Uint8Array) {
    this.checksumBytes = integrity.checksumBytes;
    this.#integrity = integrity;
    this.#encryptionKey = takeKey(derive(keyPurposes.encryption));
    this.#integrityKey = takeKey(derive(keyPurposes.integrity));
    this.#checksumKey = takeKey(derive(keyPurposes.checksum));
  }

  encrypt(plaintext: Uint8Array, around?: SignedAround): Uint8Array {
    const sealed = new Uint8Array(plaintext.length + this.checksumBytes);
    const ciphertext = sealed.subarray(0, plaintext.length);
    aesCtsEncrypt(this.#encryptionKey, plaintext, ciphertext);
    const signed = this.#integrity.cover === 'plaintext' ? plaintext : ciphertext;
    sealed.set(this.#sign(signed, around), ciphertext.length);
    return sealed;
  }

  decrypt(sealed: Uint8Array, around?: SignedAround): Uint8Array | undefined {
    const length = sealed.length - this.checksumBytes;
    if (length < AES_BLOCK_BYTES + (around?.trailerBytes ?? 0)) return undefined;
    const ciphertext = sealed.subarray(0, length);
    const signature = sealed.subarray(length);
    if (this.#integrity.cover === 'ciphertext') {
      if (!timingSafeEqual(this.#sign(ciphertext, around), signature)) return undefined;
      return aesCtsDecrypt(this.#encryptionKey, ciphertext);
    }
    const plaintext = aesCtsDecrypt(this.#encryptionKey, ciphertext);
    if (timingSafeEqual(this.#sign(plaintext, around), signature)) return plaintext;
    plaintext.fill(0);
    return undefined;
  }

  checksum(...parts: readonly Uint8Array[]): Uint8Array {
    const hmac = createHmac(this.#integrity.hash, this.#checksumKey);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest().subarray(0, this.checksumBytes));
  }

  #sign(text: Uint8Array, around: SignedAround | undefined): Uint8Array {
    const hmac = createHmac(this.#integrity.hash, this.#integrityKey);
    if (this.#integrity.cover === 'ciphertext') hmac.update(zeroBlock);
    if (around === undefined) {
      hmac.update(text);
    } else {
      const end = text.length - around.trailerBytes;
      hmac.update(text.subarray(0, AES_BLOCK_BYTES)).update(around.before);
      hmac.update(text.subarray(AES_BLOCK_BYTES, end)).update(around.after).update(text.subarray(end));
    }
    return hmac.digest().subarray(0, this.checksumBytes);
  }
}

function takeKey(bytes: Uint8Array): KeyObject {
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
