import { createHash } from 'node:crypto';
import type { KeyId } from '@causeway/model';

/** The id of an X25519 public key of 32 bytes. */
export function computeKeyId(publicKey: Uint8Array): KeyId {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

/**
 * What registering a key does.
 *
 * | registered      | offered                               | decision    |
 * |-----------------|---------------------------------------|-------------|
 * | none            | any                                   | `register`  |
 * | the same        |                                       | `unchanged` |
 * | another         | names the registered one to replace   | `replace`   |
 * | another         | names none, or a third                | `conflict`  |
 */
export function decideKey(
  registered: KeyId | null,
  offered: { keyId: KeyId; replaces?: KeyId | undefined },
): 'register' | 'unchanged' | 'replace' | 'conflict' {
  if (registered === null) return 'register';
  if (registered === offered.keyId) return 'unchanged';
  return registered === offered.replaces ? 'replace' : 'conflict';
}
