import { createDecipheriv, createPrivateKey, createPublicKey, generateKeyPairSync, type webcrypto } from 'node:crypto';
import type { KeyId, SealBinding } from '@causeway/model';
import type { RecipientContext } from '@hpke/core';
import { decodeEnvelope, encodeBinding, keyIdOf, TAG_BYTES, type Envelope } from './envelope.ts';
import { SealError } from './errors.ts';
import { RecentResults } from './recent-results.ts';
import { CREDENTIAL_KEY_BYTES, hpkeInfo, suite, X25519_KEY_BYTES } from './suite.ts';

export { SealError, type SealErrorCode } from './errors.ts';

/** Batches whose decapsulated contexts are kept: credentials of a few batches arrive interleaved. */
const RECENT_BATCHES_MAX = 16;

/** PKCS #8 in front of the 32 bytes of an X25519 private key. @see RFC 8410 §7 */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** A tenant's key pair, as the raw bytes of X25519. Whoever has the private key can open every credential. */
export interface TenantKeyPair {
  readonly keyId: KeyId;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** 32 bytes; the caller keeps them secret, and wipes them. */
  readonly privateKey: Uint8Array;
}

/** A new random key pair. */
export function generateTenantKeyPair(): TenantKeyPair {
  const pair = generateKeyPairSync('x25519', {
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  });
  const publicKey = new Uint8Array(pair.publicKey.subarray(-X25519_KEY_BYTES));
  const privateKey = new Uint8Array(pair.privateKey.subarray(-X25519_KEY_BYTES));
  pair.privateKey.fill(0);
  return { keyId: keyIdOf(publicKey), publicKey, privateKey };
}

/** The door that opens: holds a tenant's private key. */
export class CredentialOpener {
  readonly keyId: KeyId;
  /** The public key that belongs to the private one, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly #keyPair: webcrypto.CryptoKeyPair;
  readonly #contexts = new RecentResults<RecipientContext>(RECENT_BATCHES_MAX);

  private constructor(publicKey: Uint8Array, keyPair: webcrypto.CryptoKeyPair) {
    this.keyId = keyIdOf(publicKey);
    this.publicKey = publicKey;
    this.#keyPair = keyPair;
  }

  /**
   * An opener with the tenant's X25519 private key of 32 bytes, which stays the caller's to wipe.
   *
   * @throws {SealError} ERR_SEAL_KEY
   */
  static async create(source: { privateKey: Uint8Array }): Promise<CredentialOpener> {
    const { privateKey } = source;
    if (privateKey.length !== X25519_KEY_BYTES) {
      throw new SealError({
        code: 'ERR_SEAL_KEY',
        message: `the tenant's private key has ${privateKey.length} bytes, not ${X25519_KEY_BYTES}`,
        nextStep: 'Restore the private key file of this host from its backup, or create a new key pair.',
      });
    }
    const publicKey = publicKeyOf(privateKey);
    const own = new Uint8Array(privateKey);
    const keyPair = {
      privateKey: await suite.kem.deserializePrivateKey(own),
      publicKey: await suite.kem.deserializePublicKey(publicKey),
    };
    own.fill(0);
    return new CredentialOpener(publicKey, keyPair);
  }

  /**
   * The credential that was sealed with this binding. Returns a fresh array; the caller wipes it.
   *
   * @throws {SealError} ERR_SEAL_FORMAT, ERR_SEAL_WRONG_KEY, ERR_SEAL_NOT_AUTHENTIC
   */
  async open(binding: SealBinding, bytes: Uint8Array): Promise<Uint8Array> {
    const envelope = decodeEnvelope(bytes);
    if (envelope.keyId !== this.keyId) throw wrongKey(envelope.keyId, this.keyId);
    const bound = encodeBinding(binding, this.keyId);
    const key = await this.#credentialKey(binding, bound, envelope.encapsulatedKey);
    try {
      return decrypt(key, bound, envelope);
    } catch (cause) {
      throw notAuthentic(binding, cause);
    } finally {
      key.fill(0);
    }
  }

  async #credentialKey(
    binding: SealBinding,
    bound: Uint8Array<ArrayBuffer>,
    encapsulatedKey: Uint8Array,
  ): Promise<Uint8Array> {
    try {
      const enc = new Uint8Array(encapsulatedKey).buffer;
      const context = await this.#contexts.get(Buffer.from(enc).toString('base64'), () =>
        suite.createRecipientContext({ recipientKey: this.#keyPair, enc, info: hpkeInfo }),
      );
      return new Uint8Array(await context.export(bound, CREDENTIAL_KEY_BYTES));
    } catch (cause) {
      throw notAuthentic(binding, cause);
    }
  }
}

function publicKeyOf(privateKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, privateKey]);
  const publicKey = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  pkcs8.fill(0);
  return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-X25519_KEY_BYTES));
}

function decrypt(key: Uint8Array, bound: Uint8Array, { nonce, ciphertext }: Envelope): Uint8Array {
  const end = ciphertext.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound).setAuthTag(ciphertext.subarray(end));
  const unproven = decipher.update(ciphertext.subarray(0, end));
  try {
    decipher.final();
    return new Uint8Array(unproven);
  } finally {
    unproven.fill(0);
  }
}

function wrongKey(sealedTo: KeyId, here: KeyId): SealError {
  return new SealError({
    code: 'ERR_SEAL_WRONG_KEY',
    message: `the credential is sealed to the key ${sealedTo}, and this host holds the key ${here}`,
    nextStep: `Give connect the public key ${here} and run a full password hash sync, or restore the key ${sealedTo} here.`,
  });
}

function notAuthentic(binding: SealBinding, cause: unknown): SealError {
  return new SealError({
    code: 'ERR_SEAL_NOT_AUTHENTIC',
    message: `the sealed credential of ${binding.anchor} does not open: altered, or another user's, version's or tenant's`,
    nextStep:
      'Run a full password hash sync, which seals every credential anew. Find out who can write to the directory.',
    cause,
  });
}
