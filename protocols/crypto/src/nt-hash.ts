import { md4 } from './md4.ts';

/**
 * The NT hash of a password, 16 bytes: MD4 of its UTF-16 little-endian form. The caller wipes it.
 *
 * @see [MS-NLMP] NTOWFv1 (3.3.1)
 */
export function ntHash(password: string): Uint8Array {
  const encoded = Buffer.from(password, 'utf16le');
  const hash = md4(encoded);
  encoded.fill(0);
  return hash;
}
