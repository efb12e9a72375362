import { randomBytes } from 'node:crypto';
import { encodeUtf16 } from '@ad-protocols/wire';
import { AES128_BYTES, AES256_BYTES, type KerberosKeys, type KerberosKeySets } from './kerberos-keys.ts';
import { decodeKeySets, decodeNewerKeys, encodeDesKeys, encodeNewerKeys } from './stored-keys.ts';
import { decodeHexValue, decodeUserProperties, encodeUserProperties, type UserProperty } from './user-properties.ts';

const NEWER_KEYS = 'Primary:Kerberos-Newer-Keys';
const DES_KEYS = 'Primary:Kerberos';
const PACKAGES = 'Packages';

/** What a value of `supplementalCredentials` tells about the current password. */
export interface SupplementalCredentials {
  /** The current AES keys; undefined where the domain keeps none, as at the functional level of Windows Server 2003. */
  readonly kerberos: KerberosKeys | undefined;
  /** The credential packages that are there, such as `Kerberos-Newer-Keys` and `WDigest`. */
  readonly packages: readonly string[];
}

/** Every Kerberos key that a value of `supplementalCredentials` holds. */
export interface StoredKerberosKeys {
  readonly kerberos: KerberosKeySets | undefined;
  /** As {@link SupplementalCredentials.packages}. */
  readonly packages: readonly string[];
}

/**
 * The current AES keys in a value of `supplementalCredentials`, as Windows and Samba write it.
 *
 * Every other package, DES keys, WDigest hashes, a clear-text password, is passed over without being decoded. Keys are
 * fresh arrays, which the caller wipes; so does the caller with `bytes`.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-SAMR] supplementalCredentials (3.1.1.8.11)
 */
export function decodeSupplementalCredentials(bytes: Uint8Array): SupplementalCredentials {
  const properties = decodeUserProperties(bytes);
  return { kerberos: decodeProperty(properties, NEWER_KEYS, decodeNewerKeys), packages: packageNames(properties) };
}

/**
 * Every Kerberos key in a value of `supplementalCredentials`, those of former passwords and of DES included.
 *
 * They come from `Primary:Kerberos-Newer-Keys`, which has all that `Primary:Kerberos` has, and from the latter where it stands
 * alone, as at the functional level of Windows Server 2003; undefined where there is neither. WDigest hashes, NTLM-Strong-NTOWF
 * and a clear-text password are named in `packages` and passed over without being decoded. Keys are fresh arrays, which the
 * caller wipes with `wipeKerberosKeySets`; so does the caller with `bytes`.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-SAMR] Supplemental Credentials Structures (2.2.10)
 */
export function decodeStoredKerberosKeys(bytes: Uint8Array): StoredKerberosKeys {
  const properties = decodeUserProperties(bytes);
  const kerberos =
    decodeProperty(properties, NEWER_KEYS, (value) => decodeKeySets(value, 4)) ??
    decodeProperty(properties, DES_KEYS, (value) => decodeKeySets(value, 3));
  return { kerberos, packages: packageNames(properties) };
}

function packageNames(properties: readonly UserProperty[]): string[] {
  return properties.flatMap(({ name }) => (name.startsWith('Primary:') ? [name.slice('Primary:'.length)] : []));
}

/** What `decode` makes of the property with this name; its bytes are wiped afterwards. */
function decodeProperty<T>(
  properties: readonly UserProperty[],
  name: string,
  decode: (value: Uint8Array) => T,
): T | undefined {
  const property = properties.find((one) => one.name === name);
  if (!property) return undefined;
  const value = decodeHexValue(property);
  try {
    return decode(value);
  } finally {
    value.fill(0);
  }
}

/**
 * A value of `supplementalCredentials` that a Samba domain controller accepts as it is: four keys in
 * `Primary:Kerberos-Newer-Keys`, two in `Primary:Kerberos`, and the list of these two packages.
 *
 * The format asks for DES keys. They get random bytes, which no password leads to, because DES is retired (RFC 6649) and
 * a domain controller hands none out; so two results for the same keys differ unless `desKey` (8 bytes) is given.
 * Returns a fresh array; the caller wipes it.
 *
 * @throws {RangeError} for a key of another length than its type has, or an empty salt.
 * @see [MS-SAMR] supplementalCredentials (3.1.1.8.11)
 */
export function encodeSupplementalCredentials(source: { kerberos: KerberosKeys; desKey?: Uint8Array }): Uint8Array {
  const { kerberos, desKey = randomBytes(8) } = source;
  if (kerberos.aes256.length !== AES256_BYTES) throw new RangeError(`an AES-256 key has ${AES256_BYTES} bytes`);
  if (kerberos.aes128.length !== AES128_BYTES) throw new RangeError(`an AES-128 key has ${AES128_BYTES} bytes`);
  if (desKey.length !== 8) throw new RangeError('a DES key has 8 bytes');
  if (kerberos.salt === '') throw new RangeError('Kerberos keys need a salt');
  const newerKeys = encodeNewerKeys(kerberos, desKey);
  const desKeys = encodeDesKeys(kerberos, desKey);
  const result = encodeUserProperties([
    { name: NEWER_KEYS, value: newerKeys },
    { name: DES_KEYS, value: desKeys },
    { name: PACKAGES, value: encodeUtf16('Kerberos-Newer-Keys\0Kerberos') },
  ]);
  newerKeys.fill(0);
  desKeys.fill(0);
  return result;
}
