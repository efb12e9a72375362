import { createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { hmacMd5, Rc4 } from '@ad-protocols/crypto';
import type { SealedRange } from '@ad-protocols/gss';
import { sealingKey, signingKey, type Direction } from './session-keys.ts';

/** Bytes of a signature. @see [MS-NLMP] NTLMSSP_MESSAGE_SIGNATURE for Extended Session Security (2.2.2.9.2) */
export const SIGNATURE_BYTES = 16;

/**
 * Seals or opens the messages of one direction, in order: the key stream and the sequence number run on from message to
 * message, so none can be left out, repeated or swapped.
 *
 * Needs extended session security, key exchange and 128-bit keys, as {@link flagsNeeded} demands.
 */
export class MessageSecurity {
  /** A key object, because making one anew for each message costs as much as the HMAC itself. */
  readonly #signingKey: KeyObject;
  readonly #sealingKey: Uint8Array;
  #stream: Rc4;
  #sequenceNumber = 0;

  constructor(exportedSessionKey: Uint8Array, direction: Direction) {
    const key = signingKey(exportedSessionKey, direction);
    this.#signingKey = createSecretKey(key);
    key.fill(0);
    this.#sealingKey = sealingKey(exportedSessionKey, direction);
    this.#stream = new Rc4(this.#sealingKey);
  }

  /**
   * Encrypts a part of `message` in place and gives the signature of the whole, 16 bytes.
   *
   * Layout of a signature: version 1 (4) ‖ encrypted checksum (8) ‖ sequence number (4).
   *
   * @see [MS-NLMP] GSS_WrapEx() Call (3.4.6), Message Signature Functions with Extended Session Security (3.4.4.2)
   */
  seal(message: Uint8Array, sealed: SealedRange): Uint8Array {
    const signature = this.#startSignature(message);
    this.#stream.applyInPlace(message.subarray(sealed.start, sealed.end));
    this.#finishSignature(signature);
    return signature;
  }

  /**
   * Decrypts a part of `message` in place and tells whether the signature is right. After a wrong one the part is zeros, and this
   * object is of no use any more.
   *
   * @see [MS-NLMP] GSS_UnwrapEx() Call (3.4.7)
   */
  open(message: Uint8Array, sealed: SealedRange, signature: Uint8Array): boolean {
    const text = this.#stream.applyInPlace(message.subarray(sealed.start, sealed.end));
    const expected = this.#startSignature(message);
    this.#finishSignature(expected);
    const right = signature.length === SIGNATURE_BYTES && timingSafeEqual(expected, signature);
    if (!right) text.fill(0);
    return right;
  }

  /** The key stream begins anew; the sequence number runs on. */
  restartKeyStream(): void {
    this.#stream.wipe();
    this.#stream = new Rc4(this.#sealingKey);
  }

  /** Overwrites the sealing key and the key stream's state with zeros. */
  wipe(): void {
    this.#sealingKey.fill(0);
    this.#stream.wipe();
  }

  /** The signature with the checksum still in clear: it covers the sequence number and the plaintext. */
  #startSignature(message: Uint8Array): Uint8Array {
    const signature = new Uint8Array(SIGNATURE_BYTES);
    const view = new DataView(signature.buffer);
    view.setUint32(0, 1, true);
    view.setUint32(12, this.#sequenceNumber, true);
    this.#sequenceNumber = (this.#sequenceNumber + 1) >>> 0;
    const checksum = hmacMd5(this.#signingKey, signature.subarray(12), message);
    signature.set(checksum.subarray(0, 8), 4);
    return signature;
  }

  /** With key exchange the checksum is encrypted too, by the key stream that follows the message's. */
  #finishSignature(signature: Uint8Array): void {
    this.#stream.applyInPlace(signature.subarray(4, 12));
  }
}
