import { createHmac, type KeyObject } from 'node:crypto';

/** HMAC-MD5 over the parts laid end to end, 16 bytes: what NTLM and the RC4 type of Kerberos are built of. @see RFC 2104 */
export function hmacMd5(key: Uint8Array | KeyObject, ...parts: readonly Uint8Array[]): Uint8Array {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  const digest = hmac.digest();
  // The same memory, so that who wipes it wipes all of it.
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}
