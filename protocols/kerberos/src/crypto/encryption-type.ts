/** A Kerberos key with the number of its encryption type. The holder wipes `value`. */
export interface KerberosKey {
  /** Encryption type: 17, 18, 19, 20 or 23. @see RFC 3961 §8 */
  readonly enctype: number;
  readonly value: Uint8Array;
}

/** What a key is derived from. */
export interface PasswordSource {
  readonly password: string;
  /** As the KDC gave it in ETYPE-INFO2, or realm and name joined; bytes where a salt is no text. */
  readonly salt: string | Uint8Array;
  /** s2kparams of ETYPE-INFO2: for the AES types the iteration count in 4 bytes, big-endian; the type's default when left out. */
  readonly parameters?: Uint8Array | undefined;
}

/**
 * One encryption type with the checksum type that belongs to it.
 *
 * Keys and plaintexts belong to the caller; what is given back is fresh.
 *
 * @see RFC 3961 §3 (the profile); RFC 3962, RFC 8009, RFC 4757
 */
export interface EncryptionType {
  readonly id: number;
  /** As it is registered: `aes256-cts-hmac-sha1-96`. */
  readonly name: string;
  readonly keyBytes: number;
  readonly confounderBytes: number;
  /** Number of the mandatory checksum type. */
  readonly checksumType: number;
  readonly checksumBytes: number;
  /**
   * The long-term key of a password. Takes milliseconds and blocks meanwhile. The caller wipes it.
   *
   * @throws {KerberosError} ERR_KRB5_KEY: the parameters are none of this type, or ask for absurdly many iterations.
   */
  stringToKey(source: PasswordSource): Uint8Array;
  /** Ciphertext with its integrity check; `confounder` is random unless a vector gives it. */
  encrypt(key: Uint8Array, usage: number, plaintext: Uint8Array, confounder?: Uint8Array): Uint8Array;
  /** @throws {KerberosError} ERR_KRB5_INTEGRITY: another key, or damaged. */
  decrypt(key: Uint8Array, usage: number, ciphertext: Uint8Array): Uint8Array;
  checksum(key: Uint8Array, usage: number, data: Uint8Array): Uint8Array;
}

/**
 * Parts of a message that stay in clear and are signed with the encrypted ones, and where they stand among these: `before`
 * follows the confounder, `after` precedes the last `trailerBytes` of the plaintext.
 *
 * @see [MS-KILE] Kerberos Binding of GSS_WrapEx() (3.4.5.4.1)
 */
export interface SignedAround {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly trailerBytes: number;
}

/** A key made ready for one usage, for those who protect many messages with it. */
export interface UsageKey {
  readonly checksumBytes: number;
  /** `plaintext` starts with the confounder. Gives its ciphertext, as long as it is, ‖ the integrity check. */
  encrypt(plaintext: Uint8Array, around?: SignedAround): Uint8Array;
  /** The plaintext with its confounder, or undefined: another key, or damaged. */
  decrypt(ciphertext: Uint8Array, around?: SignedAround): Uint8Array | undefined;
  /** The checksum of the parts laid end to end. */
  checksum(...parts: readonly Uint8Array[]): Uint8Array;
}

/** An encryption type of AES with ciphertext stealing and a keyed hash: RFC 3962 and RFC 8009. */
export interface AesEncryptionType extends EncryptionType {
  /** Of PBKDF2, for the key of a password without parameters. @see RFC 3962 §4, RFC 8009 §4 */
  readonly defaultIterations: number;
  /** @throws {KerberosError} ERR_KRB5_KEY: the key has not the type's length. */
  usageKey(key: Uint8Array, usage: number): UsageKey;
}
