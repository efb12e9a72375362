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

/** Overwrites Kerberos keys with zeros. */
export function wipeKerberosKeys(keys: KerberosKeys): void {
  keys.aes256.fill(0);
  keys.aes128.fill(0);
}
