import { copySecret, Reader, Writer, type Filetime } from '@ad-protocols/wire';
import { AES128_BYTES, AES256_BYTES, wipeKerberosKeys, type KerberosKeys } from '@ad-protocols/credentials';

/** What one password is carried as: the plaintext that is sealed. At least one of hash and keys is there. */
export interface Credential {
  /** 16 bytes; undefined where a setting leaves it out. */
  readonly ntHash: Uint8Array | undefined;
  readonly kerberos: KerberosKeys | undefined;
  /** `pwdLastSet` as it was at the source; 0 when the user must change the password at the next sign-in. */
  readonly passwordLastSet: Filetime;
}

const STRUCTURE = 'credential';
const FORMAT = 1;
const NT_HASH_BYTES = 16;
const HAS_NT_HASH = 1;
const HAS_KERBEROS_KEYS = 2;
const SALT_BYTES_MAX = 1024;

/**
 * The bytes of a credential, to be sealed. Returns a fresh array; the caller wipes it.
 *
 * Layout: format 1 (1) ‖ flags: 1 NT hash, 2 Kerberos keys (1) ‖ password last set (8, FILETIME) ‖ NT hash (16, if
 * flagged) ‖ if flagged: iteration count (4) ‖ salt length in bytes (2) ‖ salt (UTF-8) ‖ AES-256 key (32) ‖ AES-128 key
 * (16). Integers are little-endian.
 *
 * @throws {RangeError} when there is neither hash nor key, or one does not have its length.
 */
export function encodeCredential(credential: Credential): Uint8Array {
  const { ntHash, kerberos, passwordLastSet } = credential;
  if (!ntHash && !kerberos) throw new RangeError('a credential has an NT hash, Kerberos keys or both');
  const writer = new Writer(256).u8(FORMAT);
  writer.u8((ntHash ? HAS_NT_HASH : 0) | (kerberos ? HAS_KERBEROS_KEYS : 0)).i64(passwordLastSet);
  if (ntHash) writeExactly(writer, ntHash, NT_HASH_BYTES);
  if (kerberos) {
    const salt = new TextEncoder().encode(kerberos.salt);
    if (salt.length === 0 || salt.length > SALT_BYTES_MAX) throw new RangeError(`a salt of ${salt.length} bytes`);
    writer.u32(kerberos.iterationCount).u16(salt.length).bytes(salt);
    writeExactly(writer, kerberos.aes256, AES256_BYTES);
    writeExactly(writer, kerberos.aes128, AES128_BYTES);
  }
  return writer.finish();
}

function writeExactly(writer: Writer, secret: Uint8Array, length: number): void {
  if (secret.length !== length) throw new RangeError(`${length} bytes expected, got ${secret.length}`);
  writer.bytes(secret);
}

/**
 * The credential that {@link encodeCredential} wrote. Its hash and keys are fresh arrays; {@link wipeCredential} wipes
 * them, and the caller wipes `bytes`.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED also for a format of a later release.
 */
export function decodeCredential(bytes: Uint8Array): Credential {
  const reader = new Reader(bytes, STRUCTURE);
  const format = reader.u8();
  if (format !== FORMAT) throw reader.malformed(`format ${format}, only ${FORMAT} is known here`);
  const flags = reader.u8();
  if (flags === 0 || flags > (HAS_NT_HASH | HAS_KERBEROS_KEYS)) throw reader.malformed(`flags ${flags}`);
  const passwordLastSet = reader.i64();
  // Views until everything has proved right: no copy is left behind by an error.
  const ntHash = flags & HAS_NT_HASH ? reader.bytes(NT_HASH_BYTES) : undefined;
  const kerberos = flags & HAS_KERBEROS_KEYS ? readKerberosKeys(reader) : undefined;
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the end`);
  return {
    // Not slice, which for a Buffer gives a view.
    ntHash: ntHash && copySecret(ntHash),
    kerberos: kerberos && {
      ...kerberos,
      aes256: copySecret(kerberos.aes256),
      aes128: copySecret(kerberos.aes128),
    },
    passwordLastSet,
  };
}

/** The keys as views of the input. */
function readKerberosKeys(reader: Reader): KerberosKeys {
  const iterationCount = reader.u32();
  const length = reader.u16();
  if (length === 0 || length > SALT_BYTES_MAX) throw reader.malformed(`a salt of ${length} bytes`);
  const encodedSalt = reader.bytes(length);
  const aes256 = reader.bytes(AES256_BYTES);
  const aes128 = reader.bytes(AES128_BYTES);
  try {
    const salt = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(encodedSalt);
    return { salt, iterationCount, aes256, aes128 };
  } catch {
    throw reader.malformed('the salt is not UTF-8');
  }
}

/** Overwrites the hash and the keys of a credential with zeros. */
export function wipeCredential(credential: Credential): void {
  credential.ntHash?.fill(0);
  if (credential.kerberos) wipeKerberosKeys(credential.kerberos);
}
