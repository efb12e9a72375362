import { copySecret, decodeUtf16, encodeUtf16, Reader, Writer } from '@ad-protocols/wire';
import { AES128_BYTES, AES256_BYTES, keyTypes, type KerberosKeys } from './kerberos-keys.ts';

const REVISION_WITH_DES = 3;
const REVISION_WITH_AES = 4;
/** Zero bytes that domain controllers leave between the key entries and the salt of revision 3. */
const REVISION_3_PADDING_BYTES = 20;

/** Where one key of a stored credential lies. */
interface KeyEntry {
  readonly iterationCount: number;
  readonly keyType: number;
  readonly length: number;
  readonly offset: number;
}

/**
 * The current AES keys in a value of `Primary:Kerberos-Newer-Keys`; undefined when it holds no AES keys.
 *
 * Layout: revision 4 (2) ‖ flags (2) ‖ counts of current, service, old and older keys (2 each) ‖ salt length (2) ‖ salt
 * maximum length (2) ‖ salt offset (4) ‖ default iteration count (4) ‖ key entries of 24 bytes ‖ salt and keys at the
 * offsets named. Current keys come first; the others are not read. Returns fresh arrays; the caller wipes them.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-SAMR] KERB_STORED_CREDENTIAL_NEW (2.2.10.6), KERB_KEY_DATA_NEW (2.2.10.7)
 */
export function decodeNewerKeys(bytes: Uint8Array): KerberosKeys | undefined {
  const reader = new Reader(bytes, 'KERB_STORED_CREDENTIAL_NEW');
  if (reader.u16() !== REVISION_WITH_AES) throw reader.malformed('the revision is not 4');
  reader.skip(2);
  const count = reader.u16();
  reader.skip(6);
  const saltLength = reader.u16();
  reader.skip(2);
  const saltOffset = reader.u32();
  const defaultIterationCount = reader.u32();
  const entries: KeyEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    reader.skip(8);
    const iterationCount = reader.u32();
    entries.push({ iterationCount, keyType: reader.u32(), length: reader.u32(), offset: reader.u32() });
  }

  const aes256 = entries.find(({ keyType }) => keyType === keyTypes.aes256);
  const aes128 = entries.find(({ keyType }) => keyType === keyTypes.aes128);
  if (!aes256 && !aes128) return undefined;
  if (!aes256 || !aes128) throw reader.malformed('only one of the two AES keys is there');
  if (aes256.length !== AES256_BYTES || aes128.length !== AES128_BYTES) {
    throw reader.malformed('an AES key does not have the length of its type');
  }
  if (aes256.iterationCount !== aes128.iterationCount) throw reader.malformed('the AES keys differ in iteration count');
  reader.seek(saltOffset);
  const salt = decodeUtf16(reader.bytes(saltLength));
  if (salt === '') throw reader.malformed('the salt is empty');
  return {
    salt,
    iterationCount: aes256.iterationCount || defaultIterationCount,
    aes256: readKey(reader, aes256),
    aes128: readKey(reader, aes128),
  };
}

function readKey(reader: Reader, entry: KeyEntry): Uint8Array {
  reader.seek(entry.offset);
  return copySecret(reader.bytes(entry.length));
}

/** A key to store. */
interface StoredKey {
  readonly keyType: number;
  readonly key: Uint8Array;
}

/**
 * A value of `Primary:Kerberos-Newer-Keys` with four current keys, AES-256, AES-128 and a DES key of each kind, and no
 * older ones; the counterpart of {@link decodeNewerKeys}. The caller wipes it.
 */
export function encodeNewerKeys(keys: KerberosKeys, desKey: Uint8Array): Uint8Array {
  const stored: StoredKey[] = [
    { keyType: keyTypes.aes256, key: keys.aes256 },
    { keyType: keyTypes.aes128, key: keys.aes128 },
    { keyType: keyTypes.desCbcMd5, key: desKey },
    { keyType: keyTypes.desCbcCrc, key: desKey },
  ];
  const salt = encodeUtf16(keys.salt);
  const saltOffset = 24 + 24 * stored.length;
  const writer = new Writer(512).u16(REVISION_WITH_AES).u16(0);
  writer.u16(stored.length).u16(0).u16(0).u16(0);
  writer.u16(salt.length).u16(salt.length).u32(saltOffset).u32(keys.iterationCount);
  writeKeyEntries(writer, stored, { firstOffset: saltOffset + salt.length, iterationCount: keys.iterationCount });
  writer.bytes(salt);
  for (const { key } of stored) writer.bytes(key);
  return writer.finish();
}

/**
 * A value of `Primary:Kerberos` with two current keys, a DES key of each kind, and no old ones. The caller wipes it.
 *
 * @see [MS-SAMR] KERB_STORED_CREDENTIAL (2.2.10.4), KERB_KEY_DATA (2.2.10.5)
 */
export function encodeDesKeys(keys: KerberosKeys, desKey: Uint8Array): Uint8Array {
  const stored: StoredKey[] = [
    { keyType: keyTypes.desCbcMd5, key: desKey },
    { keyType: keyTypes.desCbcCrc, key: desKey },
  ];
  const salt = encodeUtf16(keys.salt);
  const saltOffset = 16 + 20 * stored.length + REVISION_3_PADDING_BYTES;
  const writer = new Writer(256).u16(REVISION_WITH_DES).u16(0);
  writer.u16(stored.length).u16(0);
  writer.u16(salt.length).u16(salt.length).u32(saltOffset);
  writeKeyEntries(writer, stored, { firstOffset: saltOffset + salt.length });
  writer.fill(REVISION_3_PADDING_BYTES).bytes(salt);
  for (const { key } of stored) writer.bytes(key);
  return writer.finish();
}

/** Entries of keys that follow one another from `firstOffset`; revision 3 has no iteration counts. */
function writeKeyEntries(
  writer: Writer,
  stored: readonly StoredKey[],
  place: { firstOffset: number; iterationCount?: number },
): void {
  let offset = place.firstOffset;
  for (const { keyType, key } of stored) {
    writer.u16(0).u16(0).u32(0);
    if (place.iterationCount !== undefined) writer.u32(place.iterationCount);
    writer.u32(keyType).u32(key.length).u32(offset);
    offset += key.length;
  }
}
