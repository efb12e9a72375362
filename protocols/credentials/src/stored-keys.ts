import { copySecret, decodeUtf16, encodeUtf16, Reader, Writer } from '@ad-protocols/wire';
import {
  KEY_BYTES_MAX,
  keyBytes,
  keyTypes,
  type KerberosKeys,
  type KerberosKeySets,
  type StoredKerberosKey,
} from './kerberos-keys.ts';

/** Of the AES types where nothing else is said. @see RFC 3962 §4 */
const DEFAULT_ITERATIONS = 4096;
const REVISION_WITH_DES = 3;
const REVISION_WITH_AES = 4;
/** Zero bytes that domain controllers leave between the key entries and the salt of revision 3. */
const REVISION_3_PADDING_BYTES = 20;

/** Where one key of a stored credential lies. */
interface KeyEntry {
  /** 0 where the entry has none. */
  readonly iterationCount: number;
  readonly keyType: number;
  readonly length: number;
  readonly offset: number;
}

/** The head of a stored credential; `reader` stands at the first entry. */
interface StoredCredentialHead {
  readonly reader: Reader;
  readonly revision: number;
  /** Entries of current, service, old and older keys. */
  readonly counts: readonly [current: number, service: number, old: number, older: number];
  readonly saltLength: number;
  readonly saltOffset: number;
  /** 0 in revision 3, which has none. */
  readonly defaultIterationCount: number;
}

/**
 * Layout of revision 4: revision (2) ‖ flags (2) ‖ counts of current, service, old and older keys (2 each) ‖ salt length (2) ‖
 * salt maximum length (2) ‖ salt offset (4) ‖ default iteration count (4) ‖ key entries of 24 bytes ‖ salt and keys at the
 * offsets named. Revision 3 has counts of current and old keys only, no iteration count, and entries of 20 bytes.
 */
function readHead(bytes: Uint8Array, revision: number): StoredCredentialHead {
  const newer = revision === REVISION_WITH_AES;
  const reader = new Reader(bytes, newer ? 'KERB_STORED_CREDENTIAL_NEW' : 'KERB_STORED_CREDENTIAL');
  if (reader.u16() !== revision) throw reader.malformed(`the revision is not ${revision}`);
  reader.skip(2);
  const current = reader.u16();
  const service = newer ? reader.u16() : 0;
  const old = reader.u16();
  const older = newer ? reader.u16() : 0;
  const saltLength = reader.u16();
  reader.skip(2);
  const saltOffset = reader.u32();
  const defaultIterationCount = newer ? reader.u32() : 0;
  return { reader, revision, counts: [current, service, old, older], saltLength, saltOffset, defaultIterationCount };
}

function readEntries({ reader, revision }: StoredCredentialHead, count: number): KeyEntry[] {
  const entries: KeyEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    reader.skip(8);
    const iterationCount = revision === REVISION_WITH_AES ? reader.u32() : 0;
    // Numbers of RC4 without a registration are negative.
    entries.push({ iterationCount, keyType: reader.i32(), length: reader.u32(), offset: reader.u32() });
  }
  return entries;
}

function readSalt({ reader, saltOffset, saltLength }: StoredCredentialHead): string {
  reader.seek(saltOffset);
  return decodeUtf16(reader.bytes(saltLength));
}

/**
 * The current AES keys in a value of `Primary:Kerberos-Newer-Keys`; undefined when it holds no AES keys. The others are not
 * read. Returns fresh arrays; the caller wipes them.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-SAMR] KERB_STORED_CREDENTIAL_NEW (2.2.10.6), KERB_KEY_DATA_NEW (2.2.10.7)
 */
export function decodeNewerKeys(bytes: Uint8Array): KerberosKeys | undefined {
  const head = readHead(bytes, REVISION_WITH_AES);
  const { reader } = head;
  const entries = readEntries(head, head.counts[0]);
  const aes256 = entries.find(({ keyType }) => keyType === keyTypes.aes256);
  const aes128 = entries.find(({ keyType }) => keyType === keyTypes.aes128);
  if (!aes256 && !aes128) return undefined;
  if (!aes256 || !aes128) throw reader.malformed('only one of the two AES keys is there');
  if (aes256.iterationCount !== aes128.iterationCount) throw reader.malformed('the AES keys differ in iteration count');
  const salt = readSalt(head);
  if (salt === '') throw reader.malformed('the salt is empty');
  // Both are found before one is copied, so that nothing is left behind by an error.
  const [view256, view128] = [viewKey(reader, aes256), viewKey(reader, aes128)];
  return {
    salt,
    iterationCount: aes256.iterationCount || head.defaultIterationCount || DEFAULT_ITERATIONS,
    aes256: copySecret(view256),
    aes128: copySecret(view128),
  };
}

/**
 * All keys in a value of `Primary:Kerberos-Newer-Keys` (revision 4) or `Primary:Kerberos` (revision 3). Returns fresh arrays;
 * the caller wipes them.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-SAMR] KERB_STORED_CREDENTIAL (2.2.10.4), KERB_STORED_CREDENTIAL_NEW (2.2.10.6)
 */
export function decodeKeySets(bytes: Uint8Array, revision: 3 | 4): KerberosKeySets {
  const head = readHead(bytes, revision);
  const [current, service, old, older] = head.counts;
  const entries = readEntries(head, current + service + old + older);
  const salt = readSalt(head);
  const views = entries.map((entry) => viewKey(head.reader, entry));
  const keys = entries.map(({ keyType, iterationCount }, index): StoredKerberosKey => {
    const key = copySecret(views[index] ?? new Uint8Array());
    return { keyType, iterationCount: iterationCount || head.defaultIterationCount || undefined, key };
  });
  const take = (count: number): StoredKerberosKey[] => keys.splice(0, count);
  return { salt, current: take(current), service: take(service), old: take(old), older: take(older) };
}

function viewKey(reader: Reader, { keyType, length, offset }: KeyEntry): Uint8Array {
  if (length !== (keyBytes.get(keyType) ?? length) || length > KEY_BYTES_MAX) {
    throw reader.malformed(`a key of type ${keyType} with ${length} bytes`);
  }
  reader.seek(offset);
  return reader.bytes(length);
}

/** A key to store. */
interface NewKey {
  readonly keyType: number;
  readonly key: Uint8Array;
}

/**
 * A value of `Primary:Kerberos-Newer-Keys` with four current keys, AES-256, AES-128 and a DES key of each kind, and no
 * older ones; the counterpart of {@link decodeNewerKeys}. The caller wipes it.
 */
export function encodeNewerKeys(keys: KerberosKeys, desKey: Uint8Array): Uint8Array {
  const stored: NewKey[] = [
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
  const stored: NewKey[] = [
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
  stored: readonly NewKey[],
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
