/** A Kerberos key with the number of its encryption type. The holder wipes `value`. */
export interface KerberosKey {
  /** Encryption type: 17, 18, 19, 20 or 23. @see RFC 3961 §8 */
  readonly enctype: number;
  readonly value: Uint8Array;
}

/** What a key is derived from. */
export interface PasswordSource {
  readonly password: string;
  /** As the KDC gave it in ETYPE-INFO2, or realm and name joined. */
  readonly salt: string;
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
  /** The long-term key of a password. Takes milliseconds and blocks meanwhile. */
  stringToKey(source: PasswordSource): Uint8Array;
  /** Ciphertext with its integrity check; `confounder` is random unless a vector gives it. */
  encrypt(key: Uint8Array, usage: number, plaintext: Uint8Array, confounder?: Uint8Array): Uint8Array;
  /** @throws {KerberosError} ERR_KRB5_INTEGRITY: another key, or damaged. */
  decrypt(key: Uint8Array, usage: number, ciphertext: Uint8Array): Uint8Array;
  checksum(key: Uint8Array, usage: number, data: Uint8Array): Uint8Array;
}
