import { createHash } from 'node:crypto';
import { formatCredentialVersion, type KeyId, type SealBinding } from '@causeway/model';
import { SealError } from './errors.ts';
import { X25519_KEY_BYTES } from './suite.ts';

const FORMAT = 1;
const KEY_ID_BYTES = 8;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + X25519_KEY_BYTES + NONCE_BYTES;

/** The parts of a sealed credential; the layout is at `SealedCredential` in the model package. */
export interface Envelope {
  readonly keyId: KeyId;
  /** HPKE's encapsulated key, the same for the whole batch. */
  readonly encapsulatedKey: Uint8Array;
  readonly nonce: Uint8Array;
  /** AES-256-GCM ciphertext, then the tag of 16 bytes. */
  readonly ciphertext: Uint8Array;
}

/** Names a public key of 32 bytes: the first 8 bytes of its SHA-256 in lower-case hex. */
export function keyIdOf(publicKey: Uint8Array): KeyId {
  return createHash('sha256')
    .update(publicKey)
    .digest('hex')
    .slice(0, KEY_ID_BYTES * 2);
}

/** The bytes of a sealed credential, as a fresh array. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + envelope.ciphertext.length);
  bytes[0] = FORMAT;
  bytes.set(Buffer.from(envelope.keyId, 'hex'), 1);
  bytes.set(envelope.encapsulatedKey, 1 + KEY_ID_BYTES);
  bytes.set(envelope.nonce, HEADER_BYTES - NONCE_BYTES);
  bytes.set(envelope.ciphertext, HEADER_BYTES);
  return bytes;
}

/**
 * The parts of a sealed credential, as views of `bytes`.
 *
 * @throws {SealError} ERR_SEAL_FORMAT
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length < HEADER_BYTES + TAG_BYTES) {
    throw formatError(`${bytes.length} bytes, at least ${HEADER_BYTES + TAG_BYTES} expected`);
  }
  if (bytes[0] !== FORMAT) throw formatError(`format ${bytes[0] ?? 0}, only ${FORMAT} is known here`);
  return {
    keyId: Buffer.from(bytes.subarray(1, 1 + KEY_ID_BYTES)).toString('hex'),
    encapsulatedKey: bytes.subarray(1 + KEY_ID_BYTES, HEADER_BYTES - NONCE_BYTES),
    nonce: bytes.subarray(HEADER_BYTES - NONCE_BYTES, HEADER_BYTES),
    ciphertext: bytes.subarray(HEADER_BYTES),
  };
}

/**
 * What a credential is bound to, as bytes that no other binding and no other key gives: HPKE's exporter context, from
 * which its own AES key follows, and the associated data of the cipher as well.
 */
export function encodeBinding(binding: SealBinding, keyId: KeyId): Uint8Array<ArrayBuffer> {
  const { tenant, anchor, version } = binding;
  // A JSON array of texts: quotes and escapes keep the parts apart.
  return new TextEncoder().encode(JSON.stringify([FORMAT, keyId, tenant, anchor, formatCredentialVersion(version)]));
}

function formatError(problem: string): SealError {
  return new SealError({
    code: 'ERR_SEAL_FORMAT',
    message: `these bytes are not a sealed credential: ${problem}`,
    nextStep: 'Bring connect and domain to the same release, then run a full password hash sync.',
  });
}
