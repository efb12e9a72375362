/** The Kerberos keys of one password that are carried: AES only. */
export interface KerberosKeys {
  /** What the keys are salted with: in Active Directory the realm and the account name, `CORP.CONTOSO.TESTalice`. */
  readonly salt: string;
  /** PBKDF2 rounds the keys were derived with; Active Directory uses 4096. */
  readonly iterationCount: number;
  /** aes256-cts-hmac-sha1-96, 32 bytes. */
  readonly aes256: Uint8Array;
  /** aes128-cts-hmac-sha1-96, 16 bytes. */
  readonly aes128: Uint8Array;
}

/** Bytes of an AES-256 key. */
export const AES256_BYTES = 32;
/** Bytes of an AES-128 key. */
export const AES128_BYTES = 16;

/** Key types as they are stored. @see [MS-SAMR] Kerberos Encryption Algorithm Identifiers (2.2.10.8) */
export const keyTypes = { desCbcCrc: 1, desCbcMd5: 3, aes128: 17, aes256: 18 } as const;

/** Bytes of a key, by its type; others are taken as they come, up to {@link KEY_BYTES_MAX}. */
export const keyBytes: ReadonlyMap<number, number> = new Map([
  [keyTypes.desCbcCrc, 8],
  [keyTypes.desCbcMd5, 8],
  [keyTypes.aes128, AES128_BYTES],
  [keyTypes.aes256, AES256_BYTES],
  // AES with SHA-2 (RFC 8009), and RC4.
  [19, 16],
  [20, 32],
  [23, 16],
]);

/** No encryption type has longer keys. */
export const KEY_BYTES_MAX = 64;

/** One key as it is stored, of whatever encryption type. */
export interface StoredKerberosKey {
  /**
   * Encryption type: 17 and 18 for AES with SHA-1, 1 and 3 for DES, 19 and 20 for AES with SHA-2, 23 and negative numbers for
   * RC4. @see [MS-SAMR] (2.2.10.8); RFC 3961 §8
   */
  readonly keyType: number;
  /** PBKDF2 rounds; undefined where the package keeps none, as `Primary:Kerberos` does. */
  readonly iterationCount: number | undefined;
  readonly key: Uint8Array;
}

/** All Kerberos keys of an account that are stored, by what they are for. {@link wipeKerberosKeySets} wipes them. */
export interface KerberosKeySets {
  /** What the keys of `current` are salted with. */
  readonly salt: string;
  /** Of the current password. */
  readonly current: readonly StoredKerberosKey[];
  /** Reserved for services; domain controllers leave it empty. */
  readonly service: readonly StoredKerberosKey[];
  /** Of the password before. */
  readonly old: readonly StoredKerberosKey[];
  /** Of the password before that. */
  readonly older: readonly StoredKerberosKey[];
}

/** Overwrites every key of every set with zeros. */
export function wipeKerberosKeySets(sets: KerberosKeySets): void {
  for (const set of [sets.current, sets.service, sets.old, sets.older]) for (const { key } of set) key.fill(0);
}

/** Overwrites Kerberos keys with zeros. */
export function wipeKerberosKeys(keys: KerberosKeys): void {
  keys.aes256.fill(0);
  keys.aes128.fill(0);
}
