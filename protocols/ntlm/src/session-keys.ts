import { createHash } from 'node:crypto';

/** Which way messages travel. */
export type Direction = 'client-to-server' | 'server-to-client';

function magicKey(exportedSessionKey: Uint8Array, constant: string): Uint8Array {
  const hash = createHash('md5').update(exportedSessionKey).update(constant, 'latin1');
  const digest = hash.update(Uint8Array.of(0)).digest();
  // The same memory, so that who wipes it wipes all of it.
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}

/** The key that signs messages in one direction, 16 bytes. The caller wipes it. @see [MS-NLMP] SIGNKEY (3.4.5.2) */
export function signingKey(exportedSessionKey: Uint8Array, direction: Direction): Uint8Array {
  return magicKey(exportedSessionKey, `session key to ${direction} signing key magic constant`);
}

/** The key that seals messages in one direction with 128 bits, 16 bytes. The caller wipes it. @see [MS-NLMP] SEALKEY (3.4.5.3) */
export function sealingKey(exportedSessionKey: Uint8Array, direction: Direction): Uint8Array {
  return magicKey(exportedSessionKey, `session key to ${direction} sealing key magic constant`);
}
