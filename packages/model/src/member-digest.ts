import { hash } from 'node:crypto';
import type { SourceAnchor } from './source-anchor.ts';

/** Bytes of a member digest. */
export const memberDigestBytes = 16;

/**
 * Adds a member to the digest of a group's members, or takes one away again: XOR with the first 16 bytes of SHA-256 over
 * the anchor's text. The digest of no members is 16 zero bytes, and the order of additions does not matter: two ends
 * compare 50,000 members by one number.
 *
 * @param digest 16 bytes, changed in place.
 */
export function toggleMember(digest: Uint8Array, anchor: SourceAnchor): void {
  const bytes = hash('sha256', anchor, 'buffer');
  for (let index = 0; index < memberDigestBytes; index += 1) {
    digest[index] = (digest[index] ?? 0) ^ (bytes[index] ?? 0);
  }
}
