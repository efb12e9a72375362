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
 * AES in CBC mode with ciphertext stealing and a zero initial vector: 16 bytes or more to just as many, into `target`.
 *
 * The last two blocks are swapped whatever the length, and what then is the last is cut to the length that the last block of
 * the plaintext has (CBC-CS3). A single block stays as CBC gives it.
 *
 * @throws {RangeError} for less than 16 bytes.
 * @see RFC 3962 §5
 */
export function aesCtsEncrypt(
  key: KeyObject,
  plaintext: Uint8Array,
  target: Uint8Array = new Uint8Array(plaintext.length),
): Uint8Array {
  const { length } = plaintext;
  if (length < AES_BLOCK_BYTES) throw new RangeError(`${length} bytes are no block of AES`);
  const cipher = createCipheriv(cipherName(key), key, zeroBlock).setAutoPadding(false);
  const body = cipher.update(plaintext);
  target.set(body);
  if (length === AES_BLOCK_BYTES) return target;
  const last = lastBlockOffset(length);
  const stolenFrom = last - AES_BLOCK_BYTES;
  const padding = length % AES_BLOCK_BYTES;
  target.set(padding === 0 ? body.subarray(last) : cipher.update(zeroBlock.subarray(padding)), stolenFrom);
  target.set(body.subarray(stolenFrom, stolenFrom + length - last), last);
  return target;
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
  const moved = combine(plaintext.slice(stolenFrom, last), before);
  const stolen = new Uint8Array(AES_BLOCK_BYTES);
  stolen.set(ciphertext.subarray(last));
  stolen.set(moved.subarray(ciphertext.length - last), ciphertext.length - last);
  plaintext.set(combine(moved, stolen).subarray(0, ciphertext.length - last), last);
  // CBC combines with the block fed in before, which was the moved one and should have been the one before that.
  const misplaced = combine(decipher.update(stolen), ciphertext.subarray(stolenFrom, last));
  plaintext.set(combine(misplaced, before), stolenFrom);
  return plaintext;
}

/** Exclusive or of two blocks, into the first. */
function combine(block: Uint8Array, other: Uint8Array): Uint8Array {
  for (let index = 0; index < block.length; index += 1) block[index] = (block[index] ?? 0) ^ (other[index] ?? 0);
  return block;
}
