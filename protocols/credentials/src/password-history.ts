import { copySecret, Reader } from '@ad-protocols/wire';

/** Bytes of an NT hash. */
const HASH_BYTES = 16;

/**
 * The hashes in a value of `ntPwdHistory` or `lmPwdHistory`, once decrypted: that of the current password first, then those of the
 * passwords before it, the youngest first; 16 bytes each, one after the other.
 *
 * Returns fresh arrays; the caller wipes them, and `history`.
 *
 * @throws {MalformedError} ERR_WIRE_MALFORMED for a length that is no multiple of 16.
 * @see [MS-SAMR] ntPwdHistory and lmPwdHistory (3.1.1.9.1)
 */
export function decodePasswordHistory(history: Uint8Array): Uint8Array[] {
  const reader = new Reader(history, 'ntPwdHistory');
  if (history.length % HASH_BYTES !== 0)
    throw reader.malformed(`${history.length} bytes, no multiple of ${HASH_BYTES}`);
  const hashes: Uint8Array[] = [];
  while (reader.remaining > 0) hashes.push(copySecret(reader.bytes(HASH_BYTES)));
  return hashes;
}
