import { createCipheriv } from 'node:crypto';
import { nFold } from './n-fold.ts';

/** Bytes of an AES block. */
const BLOCK_BYTES = 16;

/**
 * DK for AES: the key, as long as `baseKey` (16 or 32 bytes), that belongs to one purpose. The caller wipes it.
 *
 * `constant` names the purpose; it is folded to one block, and each block of the key is the block before, encrypted.
 *
 * @throws {RangeError} for a key that is not one of AES-128 or AES-256.
 * @see RFC 3961 §5.1
 */
export function deriveKey(baseKey: Uint8Array, constant: Uint8Array): Uint8Array {
  if (baseKey.length !== 16 && baseKey.length !== 32) {
    throw new RangeError(`an AES key of Kerberos has 16 or 32 bytes, got ${baseKey.length}`);
  }
  const cipher = createCipheriv(`aes-${baseKey.length * 8}-ecb`, baseKey, null).setAutoPadding(false);
  const key = new Uint8Array(baseKey.length);
  let input = nFold(constant, BLOCK_BYTES);
  for (let offset = 0; offset < key.length; offset += BLOCK_BYTES) {
    const block = cipher.update(input);
    key.set(block, offset);
    block.fill(0);
    input = key.subarray(offset, offset + BLOCK_BYTES);
  }
  cipher.final();
  return key;
}
