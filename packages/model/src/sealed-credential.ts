import type { CredentialVersion } from './credential-version.ts';

/**
 * What a sealed credential is bound to. It opens only with the same binding, so one that was swapped to another user,
 * replayed as another version or carried to another tenant does not open.
 */
export interface SealBinding {
  readonly tenant: string;
  readonly anchor: string;
  readonly version: CredentialVersion;
}

/**
 * A credential that only the holder of the tenant's private key can open; opaque to everyone else.
 *
 * Layout of `bytes`: format (1, value 1) ‖ key id (8) ‖ encapsulated key (32) ‖ nonce (12) ‖ AES-256-GCM ciphertext and
 * tag (16 more than the plaintext). Sealed and opened in the seal package.
 */
export interface SealedCredential {
  readonly version: CredentialVersion;
  readonly bytes: Uint8Array;
}

/** Names a tenant's key: the first 8 bytes of SHA-256 over the 32-byte X25519 public key, in lower-case hex. */
export type KeyId = string;
