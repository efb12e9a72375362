import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** Bytes of an AES block: the least that ciphertext stealing can take. */
export const AES_BLOCK_BYTES = 16;

const zeroBlock = new Uint8Array(AES_BLOCK_BYTES);

/** Offset of the last block, which has 1 to 16 bytes. */
function lastBlockOffset(length: number): number {
  return length - 1 - ((length - 1) % AES_BLOCK_BYTES);
}

function cipherName(key: KeyObject): string {
  return `aes-${(key.symmetricKeySize ?? 0) * 8}-cbc`;
}

/**
 * AES in CBC mode with ciphertext stealing and a zero initial vector: 16 bytes or more to just as many.
 *
 * The last two blocks are swapped whatever the length, and what then is the last is cut to the length that the last block of
 * the plaintext has (CBC-CS3). A single block stays as CBC gives it.
 *
 * @throws {RangeError} for less than 16 bytes.
 * @see RFC 3962 §5
 */
export function aesCtsEncrypt(key: KeyObject, plaintext: Uint8Array): Uint8Array {
  if (plaintext.length < AES_BLOCK_BYTES) throw new RangeError(`${plaintext.length} bytes are no block of AES`);
  const cipher = createCipheriv(cipherName(key), key, zeroBlock).setAutoPadding(false);
  const body = cipher.update(plaintext);
  if (plaintext.length === AES_BLOCK_BYTES) return new Uint8Array(body);
  const last = lastBlockOffset(plaintext.length);
  const ciphertext = new Uint8Array(plaintext.length);
  const padding = plaintext.length % AES_BLOCK_BYTES;
  const stolenFrom = last - AES_BLOCK_BYTES;
  ciphertext.set(body.subarray(0, stolenFrom));
  ciphertext.set(padding === 0 ? body.subarray(last) : cipher.update(zeroBlock.subarray(padding)), stolenFrom);
  ciphertext.set(body.subarray(stolenFrom, stolenFrom + plaintext.length - last), last);
  return ciphertext;
}

/**
 * The counterpart of {@link aesCtsEncrypt}. The plaintext is fresh and the caller's to wipe.
 *
 * @throws {RangeError} for less than 16 bytes.
 */
export function aesCtsDecrypt(key: KeyObject, ciphertext: Uint8Array): Uint8Array {
  if (ciphertext.length < AES_BLOCK_BYTES) throw new RangeError(`${ciphertext.length} bytes are no block of AES`);
  const decipher = createDecipheriv(cipherName(key), key, zeroBlock).setAutoPadding(false);
  if (ciphertext.length === AES_BLOCK_BYTES) return new Uint8Array(decipher.update(ciphertext));
  const last = lastBlockOffset(ciphertext.length);
  const stolenFrom = last - AES_BLOCK_BYTES;
  // Everything up to the block that the swap moved forward; that one comes out combined with the block before it.
  const plaintext = new Uint8Array(ciphertext.length);
  plaintext.set(decipher.update(ciphertext.subarray(0, last)));
  const before = stolenFrom === 0 ? zeroBlock : ciphertext.subarray(stolenFrom - AES_BLOCK_BYTES, stolenFrom);
  const moved = combine(plaintext.subarray(stolenFrom, last), before);
  const stolen = new Uint8Array(AES_BLOCK_BYTES);
  stolen.set(ciphertext.subarray(last));
  stolen.set(moved.subarray(ciphertext.length - last), ciphertext.length - last);
  plaintext.set(combine(moved, stolen).subarray(0, ciphertext.length - last), last);
  // CBC combines with the block fed in before, which was the moved one and should have been the one before that.
  const misplaced = combine(decipher.update(stolen), ciphertext.subarray(stolenFrom, last));
  plaintext.set(combine(misplaced, before), stolenFrom);
  return plaintext;
}

/** Exclusive or of two blocks. */
function combine(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Uint8Array.from(left, (byte, index) => byte ^ (right[index] ?? 0));
}
