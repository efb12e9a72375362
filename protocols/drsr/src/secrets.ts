import { hash as digestOf } from 'node:crypto';
import { crc32, Rc4, unwrapHashByRid } from '@ad-protocols/crypto';
import { allocateSecret, copySecret, MalformedError, Reader } from '@ad-protocols/wire';

const SALT_BYTES = 16;
const CHECKSUM_BYTES = 4;
const HASH_BYTES = 16;
const STRUCTURE = 'ENCRYPTED_PAYLOAD';

/**
 * No session key of the connection decrypts a secret value: its checksum is wrong under each of them. What would come
 * out is as long as a hash and no hash, so the whole reply is refused.
 */
export class ChecksumError extends Error {
  readonly code = 'ERR_DRSR_CHECKSUM';
  readonly nextStep = 'Close the connection and read the same page again over a new one.';
  /** How many session keys were tried. */
  readonly keysTried: number;

  constructor(details: { keysTried: number; lengthBytes: number }) {
    const { keysTried, lengthBytes } = details;
    const keys = keysTried === 1 ? 'the session key' : `any of the ${keysTried} session keys`;
    super(
      `a secret value of ${lengthBytes} bytes does not decrypt with ${keys} of this connection: ` +
        'the reply is damaged, or the session was renegotiated',
    );
    this.name = 'ChecksumError';
    this.keysTried = keysTried;
  }
}

/** Attributes whose values a domain controller encrypts on their way. @see [MS-DRSR] IsSecretAttribute (4.1.10.3.11) */
const secretAttributes: ReadonlySet<string> = new Set([
  'currentValue',
  'dBCSPwd',
  'initialAuthIncoming',
  'initialAuthOutgoing',
  'lmPwdHistory',
  'ntPwdHistory',
  'priorValue',
  'supplementalCredentials',
  'trustAuthIncoming',
  'trustAuthOutgoing',
  'unicodePwd',
]);

/** Secret attributes whose 16-byte hashes stay wrapped with the user's RID after decryption. */
const attributesWrappedByRid: ReadonlySet<string> = new Set(['dBCSPwd', 'lmPwdHistory', 'ntPwdHistory', 'unicodePwd']);

/** Whether values of this attribute arrive encrypted; `attribute` is its LDAP display name. */
export function isSecretAttribute(attribute: string): boolean {
  return secretAttributes.has(attribute);
}

/** Whether values of this attribute are hashes that {@link unwrapHashes} has to unwrap after decryption. */
export function isWrappedByRid(attribute: string): boolean {
  return attributesWrappedByRid.has(attribute);
}

/**
 * Decrypts one secret attribute value of a GetNCChanges reply.
 *
 * Layout: salt (16) ‖ RC4{ CRC-32 of the value (4, little-endian) ‖ value }, so at least 20 bytes. The RC4 key is
 * MD5(session key ‖ salt). A session may be renegotiated during replication, even within a page: pass every session key
 * seen on the connection, the newest first, and the first whose checksum is right is the one. Hash attributes stay
 * wrapped by RID; see {@link unwrapHashes}. Returns a fresh array; the caller wipes it.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED: shorter than 20 bytes.
 * @throws {ChecksumError} ERR_DRSR_CHECKSUM: no session key fits, or the reply is damaged.
 * @throws {RangeError} when no session key is given, or one is shorter than 16 bytes.
 * @see [MS-DRSR] DecryptValuesIfNecessary (4.1.10.6.17), ENCRYPTED_PAYLOAD (4.1.10.2.20)
 */
export function decryptSecret(sessionKeys: readonly Uint8Array[], encrypted: Uint8Array): Uint8Array {
  if (sessionKeys.length === 0) throw new RangeError('a session key is needed to decrypt a secret');
  const reader = new Reader(encrypted, STRUCTURE);
  const salt = reader.bytes(SALT_BYTES);
  // Read ahead: a value without a whole checksum is cut short, whatever the key.
  reader.skip(CHECKSUM_BYTES);
  const sealed = encrypted.subarray(SALT_BYTES);
  for (const sessionKey of sessionKeys) {
    const value = decryptWith(sessionKey, salt, sealed);
    if (value) return value;
  }
  throw new ChecksumError({ keysTried: sessionKeys.length, lengthBytes: encrypted.length });
}

/** The value, when the checksum in front of it is right; undefined under a wrong key. */
function decryptWith(sessionKey: Uint8Array, salt: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  if (sessionKey.length < 16) throw new RangeError(`a session key has at least 16 bytes, got ${sessionKey.length}`);
  const cipher = cipherFor(sessionKey, salt);
  const opened = cipher.applyInPlace(copySecret(sealed));
  cipher.wipe();
  const received = new DataView(opened.buffer).getUint32(0, true);
  const value = opened.subarray(CHECKSUM_BYTES);
  // A checksum says 32 bits of its secret.
  opened.fill(0, 0, CHECKSUM_BYTES);
  if (crc32(value) === received) return value;
  value.fill(0);
  return undefined;
}

/** The whole session key counts, whatever its length: 16 bytes with NTLM, 16 or 32 with Kerberos. */
function cipherFor(sessionKey: Uint8Array, salt: Uint8Array): Rc4 {
  const material = allocateSecret(sessionKey.length + SALT_BYTES);
  material.set(sessionKey);
  material.set(salt, sessionKey.length);
  const key = digestOf('md5', material, 'buffer');
  material.fill(0);
  const cipher = new Rc4(key);
  key.fill(0);
  return cipher;
}

/**
 * The hashes in a decrypted value of {@link isWrappedByRid | an attribute wrapped by RID}, unwrapped and still joined:
 * 16 bytes each, one for a password, any number for a history. Returns a fresh array; the caller wipes it.
 *
 * @throws {MalformedError} ERR_WIRE_MALFORMED when the value is not a multiple of 16 bytes.
 * @see [MS-SAMR] Encrypting an NT or LM Hash Value with a Specified Key (2.2.11.1.1)
 */
export function unwrapHashes(wrapped: Uint8Array, rid: number): Uint8Array {
  if (wrapped.length % HASH_BYTES !== 0) {
    const problem = `${wrapped.length} bytes are not a multiple of ${HASH_BYTES}`;
    throw new MalformedError({ structure: 'wrapped hashes', offset: 0, problem });
  }
  const hashes = allocateSecret(wrapped.length);
  for (let offset = 0; offset < wrapped.length; offset += HASH_BYTES) {
    const hash = unwrapHashByRid(wrapped.subarray(offset, offset + HASH_BYTES), rid);
    hashes.set(hash, offset);
    hash.fill(0);
  }
  return hashes;
}
