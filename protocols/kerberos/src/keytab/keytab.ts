import { copySecret, Reader, Writer } from '@ad-protocols/wire';
import type { KerberosKey } from '../crypto/encryption-type.ts';
import { KerberosError } from '../errors.ts';
import type { PrincipalName } from '../messages/principal-name.ts';

/** One key of one account in a keytab. */
export interface KeytabEntry {
  readonly realm: string;
  readonly principal: PrincipalName;
  /** Milliseconds since 1970, whole seconds: when the key was written. */
  readonly timestamp: number;
  readonly kvno: number;
  /** The holder of the entry wipes it. */
  readonly key: KerberosKey;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** File format version 5, 2: numbers are big-endian. */
const VERSION = 0x0502;

/**
 * The entries of a keytab of version 0x0502:
 *
 *     2 bytes  version
 *     entries: 4 bytes length, signed; a negative one is that of a hole
 *              2 components  (2 length, realm)  components × (2 length, text)
 *              4 name type   4 seconds since 1970   1 kvno   2 enctype   2 length, key   [4 kvno]
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @throws {KerberosError} ERR_KRB5_KEYTAB for another version.
 * @see MIT Kerberos documentation, "Keytab file format"
 */
export function decodeKeytab(bytes: Uint8Array): KeytabEntry[] {
  const reader = new Reader(bytes, 'keytab');
  const version = reader.u16be();
  if (version !== VERSION)
    throw new KerberosError({
      code: 'ERR_KRB5_KEYTAB',
      message: `the keytab is of version 0x${version.toString(16).padStart(4, '0')}, which is not supported`,
      nextStep: 'Check that the file is a keytab, and export it again with a current program.',
    });
  const entries: KeytabEntry[] = [];
  while (reader.remaining > 0) {
    const size = reader.u32be() | 0;
    // A program that preallocates leaves zeros at the end.
    if (size === 0) break;
    const content = reader.bytes(Math.abs(size));
    if (size > 0) entries.push(readEntry(new Reader(content, 'keytab entry')));
  }
  return entries;
}

function readEntry(reader: Reader): KeytabEntry {
  const text = (): string => utf8.decode(reader.bytes(reader.u16be()));
  const count = reader.u16be();
  const realm = text();
  const components = Array.from({ length: count }, text);
  const type = reader.u32be() | 0;
  const timestamp = reader.u32be() * 1000;
  const shortKvno = reader.u8();
  const enctype = reader.u16be();
  const value = copySecret(reader.bytes(reader.u16be()));
  // Versions above 255 have four more bytes; 0 there means that they were not used.
  const kvno = (reader.remaining >= 4 && reader.u32be()) || shortKvno;
  return { realm, principal: { type, components }, timestamp, kvno, key: { enctype, value } };
}

/** A keytab of version 0x0502. It holds keys: the caller wipes it. */
export function encodeKeytab(entries: readonly KeytabEntry[]): Uint8Array {
  const writer = new Writer().u16be(VERSION);
  for (const entry of entries) {
    const content = encodeEntry(entry);
    writer.u32be(content.length).bytes(content);
    content.fill(0);
  }
  return writer.finish();
}

function encodeEntry({ realm, principal, timestamp, kvno, key }: KeytabEntry): Uint8Array {
  const writer = new Writer();
  writer.u16be(principal.components.length);
  for (const text of [realm, ...principal.components]) {
    const bytes = encoder.encode(text);
    writer.u16be(bytes.length).bytes(bytes);
  }
  writer
    .u32be(principal.type)
    .u32be(Math.trunc(timestamp / 1000))
    .u8(kvno);
  return writer.u16be(key.enctype).u16be(key.value.length).bytes(key.value).u32be(kvno).finish();
}

/** The newest key of an account with an encryption type. Names are compared as Active Directory does: without case. */
export function findKey(
  entries: readonly KeytabEntry[],
  account: { readonly principal: PrincipalName; readonly realm: string },
  enctype: number,
): KerberosKey | undefined {
  const name = foldName(account);
  return entries
    .filter((entry) => entry.key.enctype === enctype && foldName(entry) === name)
    .reduce<KeytabEntry | undefined>((best, entry) => (best && best.kvno >= entry.kvno ? best : entry), undefined)?.key;
}

function foldName({ principal, realm }: { readonly principal: PrincipalName; readonly realm: string }): string {
  return [realm, ...principal.components].join('\0').toLowerCase();
}
