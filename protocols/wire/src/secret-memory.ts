/**
 * `length` zero bytes for a secret, at an address that they keep.
 *
 * The engine holds small typed arrays in its own heap and copies them when it collects garbage; wiping such an array
 * wipes the last copy only. An explicit `ArrayBuffer` has memory of its own, so that `fill(0)` leaves nothing behind.
 */
export function allocateSecret(length: number): Uint8Array {
  return new Uint8Array(new ArrayBuffer(length));
}

/** A copy of a secret in memory as {@link allocateSecret} gives it. Both copies are the caller's to wipe. */
export function copySecret(secret: Uint8Array): Uint8Array {
  const copy = allocateSecret(secret.length);
  // Byte by byte: a block copy goes through vector registers, which the engine may save where nobody can wipe them.
  for (let index = 0; index < secret.length; index += 1) copy[index] = secret[index] ?? 0;
  return copy;
}
