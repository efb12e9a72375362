import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** What a secret is for. A file of one purpose does not open as one of another. */
export type SecretPurpose = 'account-password' | 'agent-key';

/** Bytes of the machine's key, of a nonce and of a tag. */
export const MACHINE_KEY_BYTES = 32;
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const PREFIX = 'causeway-secret:1:';
const pattern = /^causeway-secret:1:([A-Za-z0-9+/]+={0,2})\r?\n?$/;

/** What the key of one purpose on one machine is made of. */
export interface KeyMaterial {
  /** {@link MACHINE_KEY_BYTES} random bytes that stay on this machine. */
  readonly machineKey: Uint8Array;
  /** The content of /etc/machine-id; empty on a machine without one. */
  readonly machineId: string;
}

/** Whether a file holds a sealed secret, of this or of a later form, and not one in clear. */
export function isSealedSecret(content: Uint8Array): boolean {
  return Buffer.from(content.subarray(0, 'causeway-secret:'.length)).toString('latin1') === 'causeway-secret:';
}

/**
 * A secret as it is kept in a file: one line of `causeway-secret:1:` and base64 of nonce (12) ‖ ciphertext ‖ tag (16).
 *
 * AES-256-GCM (NIST SP 800-38D) with the purpose as additional data; the key by HKDF-SHA256 (RFC 5869) from the machine's
 * key, with the machine's id as salt and the purpose as info. A copy of the file alone is of no use.
 *
 * @param nonce 12 random bytes, never used before.
 */
export function sealSecret(secret: Uint8Array, purpose: SecretPurpose, key: KeyMaterial, nonce: Uint8Array): string {
  const derived = deriveKey(key, purpose);
  try {
    const cipher = createCipheriv('aes-256-gcm', derived, nonce);
    cipher.setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    return `${PREFIX}${sealed.toString('base64')}\n`;
  } finally {
    derived.fill(0);
  }
}

/** The secret in an envelope; undefined for any other text, and for one of another machine or purpose. The caller wipes it. */
export function openSecret(content: Uint8Array, purpose: SecretPurpose, key: KeyMaterial): Uint8Array | undefined {
  const encoded = pattern.exec(Buffer.from(content).toString('latin1'))?.[1] ?? '';
  const sealed = Buffer.from(encoded, 'base64');
  if (sealed.length < NONCE_BYTES + TAG_BYTES || sealed.toString('base64') !== encoded) return undefined;
  const derived = deriveKey(key, purpose);
  const decipher = createDecipheriv('aes-256-gcm', derived, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const secret = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return secret;
  } catch {
    secret.fill(0);
    return undefined;
  } finally {
    derived.fill(0);
  }
}

function deriveKey({ machineKey, machineId }: KeyMaterial, purpose: SecretPurpose): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', machineKey, machineId, PREFIX + purpose, 32));
}
