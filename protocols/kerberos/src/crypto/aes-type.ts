import { randomBytes } from 'node:crypto';
import { AES_BLOCK_BYTES } from './aes-cts.ts';
import { AesUsageKey, usageConstant, type AesIntegrity } from './aes-usage-key.ts';
import type { AesEncryptionType, PasswordSource } from './encryption-type.ts';
import { integrityError, keyError } from './key-errors.ts';

/** Most iterations that parameters of a KDC may ask for, a second's work: it would otherwise decide how long this process blocks. */
const ITERATIONS_MAX = 0x0010_0000;

/** What tells one encryption type of AES from the others. */
export interface AesTypeDetails {
  readonly id: number;
  readonly name: string;
  readonly keyBytes: 16 | 32;
  readonly checksumType: number;
  readonly integrity: AesIntegrity;
  /** Of PBKDF2, when no parameters say otherwise. */
  readonly defaultIterations: number;
  /** The key of a usage and a purpose, fresh. */
  deriveKey(baseKey: Uint8Array, constant: Uint8Array): Uint8Array;
  /** The key of a password, fresh. */
  stringToKey(password: string, salt: Uint8Array, iterations: number): Uint8Array;
}

/** The encryption type with these details. */
export function aesEncryptionType(details: AesTypeDetails): AesEncryptionType {
  const { id, name, keyBytes, checksumType, integrity } = details;
  function usageKey(key: Uint8Array, usage: number): AesUsageKey {
    if (key.length !== keyBytes) throw keyError(name, `a key of ${key.length} bytes instead of ${keyBytes}`);
    return new AesUsageKey(integrity, (purpose) => details.deriveKey(key, usageConstant(usage, purpose)));
  }
  return {
    id,
    name,
    keyBytes,
    confounderBytes: AES_BLOCK_BYTES,
    checksumType,
    checksumBytes: integrity.checksumBytes,
    defaultIterations: details.defaultIterations,
    usageKey,
    stringToKey(source) {
      const salt = typeof source.salt === 'string' ? Buffer.from(source.salt, 'utf8') : source.salt;
      return details.stringToKey(source.password, salt, iterationsOf(details, source));
    },
    encrypt(key, usage, plaintext, confounder = randomBytes(AES_BLOCK_BYTES)) {
      const text = new Uint8Array(AES_BLOCK_BYTES + plaintext.length);
      text.set(confounder);
      text.set(plaintext, AES_BLOCK_BYTES);
      const ciphertext = usageKey(key, usage).encrypt(text);
      text.fill(0);
      return ciphertext;
    },
    decrypt(key, usage, ciphertext) {
      const text = usageKey(key, usage).decrypt(ciphertext);
      if (text === undefined) throw integrityError(name);
      const plaintext = text.slice(AES_BLOCK_BYTES);
      text.fill(0);
      return plaintext;
    },
    checksum: (key, usage, data) => usageKey(key, usage).checksum(data),
  };
}

/** Layout of the parameters: iterations (4, big-endian). @see RFC 3962 §4, RFC 8009 §4 */
function iterationsOf({ name, defaultIterations }: AesTypeDetails, { parameters }: PasswordSource): number {
  if (parameters === undefined) return defaultIterations;
  if (parameters.length !== 4) throw keyError(name, `${parameters.length} bytes of parameters instead of 4`);
  const iterations = new DataView(parameters.buffer, parameters.byteOffset).getUint32(0);
  // 0 stands for 2^32.
  if (iterations >= 1 && iterations <= ITERATIONS_MAX) return iterations;
  throw keyError(name, `${iterations === 0 ? 2 ** 32 : iterations} iterations for the key of a password`);
}
