import { createCipheriv, randomBytes, type webcrypto } from 'node:crypto';
import type { KeyId, SealBinding } from '@causeway/model';
import type { SenderContext } from '@hpke/core';
import { encodeBinding, encodeEnvelope, keyIdOf, NONCE_BYTES } from './envelope.ts';
import { SealError } from './errors.ts';
import { CREDENTIAL_KEY_BYTES, hpkeInfo, suite, X25519_KEY_BYTES } from './suite.ts';

export { SealError, type SealErrorCode } from './errors.ts';

/** The door that seals: holds a tenant's public key, and can open nothing, not even what it has sealed. */
export class CredentialSealer {
  /** Names the key that is sealed to. */
  readonly keyId: KeyId;
  readonly #publicKey: webcrypto.CryptoKey;

  private constructor(keyId: KeyId, publicKey: webcrypto.CryptoKey) {
    this.keyId = keyId;
    this.#publicKey = publicKey;
  }

  /**
   * A sealer to the tenant's X25519 public key of 32 bytes.
   *
   * @throws {SealError} ERR_SEAL_KEY
   */
  static async create(source: { publicKey: Uint8Array }): Promise<CredentialSealer> {
    const publicKey = new Uint8Array(source.publicKey);
    if (publicKey.length !== X25519_KEY_BYTES) throw keyError(`${publicKey.length} bytes, not ${X25519_KEY_BYTES}`);
    const sealer = new CredentialSealer(keyIdOf(publicKey), await suite.kem.deserializePublicKey(publicKey));
    // Some 32 bytes are no usable key, which shows only when a key is encapsulated with them.
    await sealer.startBatch();
    return sealer;
  }

  /**
   * Starts a batch: one HPKE encapsulation, which all credentials of the batch share. It takes about a millisecond, the
   * rest of sealing a fraction of that.
   *
   * @throws {SealError} ERR_SEAL_KEY
   */
  async startBatch(): Promise<SealBatch> {
    try {
      const context = await suite.createSenderContext({ recipientPublicKey: this.#publicKey, info: hpkeInfo });
      return new SealBatch(this.keyId, context);
    } catch (cause) {
      throw keyError('not a point to agree on a secret with', cause);
    }
  }
}

/** Seals credentials of one batch, any number at a time: calls that run side by side are several times faster. */
export class SealBatch {
  readonly keyId: KeyId;
  readonly #context: SenderContext;
  readonly #encapsulatedKey: Uint8Array;

  constructor(keyId: KeyId, context: SenderContext) {
    this.keyId = keyId;
    this.#context = context;
    this.#encapsulatedKey = new Uint8Array(context.enc);
  }

  /**
   * The `bytes` of a sealed credential that opens only with this same binding.
   *
   * A key of its own, from HPKE's exporter, seals it with AES-256-GCM, and is wiped. The plaintext stays the caller's to
   * wipe. Sealing the same twice gives different bytes.
   */
  async seal(binding: SealBinding, plaintext: Uint8Array): Promise<Uint8Array> {
    const bound = encodeBinding(binding, this.keyId);
    const key = new Uint8Array(await this.#context.export(bound, CREDENTIAL_KEY_BYTES));
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    key.fill(0);
    cipher.setAAD(bound);
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    return encodeEnvelope({ keyId: this.keyId, encapsulatedKey: this.#encapsulatedKey, nonce, ciphertext });
  }
}

function keyError(problem: string, cause?: unknown): SealError {
  return new SealError({
    code: 'ERR_SEAL_KEY',
    message: `the tenant's public key is not an X25519 public key: ${problem}`,
    nextStep: 'Copy the public key that domain prints, in base64, to the configuration of connect.',
    cause,
  });
}
