import { decodeGuid, type Guid } from './guid.ts';
import { Reader } from './reader.ts';
import { readSid, type Sid } from './sid.ts';

/** One entry of a list: what somebody is allowed or denied. */
export interface AccessEntry {
  readonly kind: 'allowed' | 'denied';
  /** Whether it holds only under a condition (a callback entry); the condition is not read. */
  readonly conditional: boolean;
  /** {@link INHERIT_ONLY} and others. @see [MS-DTYP] ACE_HEADER (2.4.4.1) */
  readonly flags: number;
  /** Access rights as bits. @see [MS-ADTS] ACCESS_MASK (5.1.3.2) */
  readonly mask: number;
  /** The control access right, property, property set or class that it is about; undefined for all. */
  readonly objectType: Guid | undefined;
  /** The class of objects that inherit it; undefined for all. */
  readonly inheritedObjectType: Guid | undefined;
  readonly sid: Sid;
}

/** An entry that neither allows nor denies, such as one for audits. */
export interface OtherEntry {
  readonly kind: 'other';
  /** Number on the wire. */
  readonly type: number;
}

/** Any entry of a list. */
export type AccessControlEntry = AccessEntry | OtherEntry;

/** The entry is there for the objects below, and does not hold for this one. */
export const INHERIT_ONLY = 0x08;

const OBJECT_TYPE_PRESENT = 0x1;
const INHERITED_OBJECT_TYPE_PRESENT = 0x2;

/** Kinds of entry that allow or deny. @see [MS-DTYP] ACE_HEADER (2.4.4.1) */
const accessTypes: ReadonlyMap<number, { kind: 'allowed' | 'denied'; object: boolean; conditional: boolean }> = new Map(
  [
    [0x00, { kind: 'allowed', object: false, conditional: false }],
    [0x01, { kind: 'denied', object: false, conditional: false }],
    [0x05, { kind: 'allowed', object: true, conditional: false }],
    [0x06, { kind: 'denied', object: true, conditional: false }],
    [0x09, { kind: 'allowed', object: false, conditional: true }],
    [0x0a, { kind: 'denied', object: false, conditional: true }],
    [0x0b, { kind: 'allowed', object: true, conditional: true }],
    [0x0c, { kind: 'denied', object: true, conditional: true }],
  ],
);

/** Revisions of a list: without and with entries for parts of an object. */
const REVISIONS: readonly number[] = [2, 4];
const ACL_HEADER_BYTES = 8;
const ACE_HEADER_BYTES = 4;

/**
 * The entries of the list at the start of `bytes`, in their order; what follows the list is not looked at.
 *
 * Layout: revision 2 or 4 (1) ‖ zero (1) ‖ bytes of all (2) ‖ number of entries (2) ‖ zero (2) ‖ entries, each type (1) ‖ flags (1) ‖
 * bytes of all (2) ‖ access mask (4) [‖ which types follow (4) ‖ object type (16) ‖ inherited object type (16)] ‖ SID.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-DTYP] ACL (2.4.5), ACE (2.4.4)
 */
export function decodeAcl(bytes: Uint8Array): AccessControlEntry[] {
  const head = new Reader(bytes, 'ACL');
  const revision = head.u8();
  if (!REVISIONS.includes(revision)) throw head.malformed(`revision ${revision}`);
  head.skip(1);
  const size = head.u16();
  const count = head.u16();
  head.skip(2);
  if (size < ACL_HEADER_BYTES) throw head.malformed(`a length of ${size} bytes`);
  const list = new Reader(head.bytes(size - ACL_HEADER_BYTES), 'ACL');
  const entries: AccessControlEntry[] = [];
  for (let index = 0; index < count; index += 1) entries.push(readEntry(list));
  return entries;
}

function readEntry(list: Reader): AccessControlEntry {
  const type = list.u8();
  const flags = list.u8();
  const size = list.u16();
  if (size < ACE_HEADER_BYTES) throw list.malformed(`an entry of ${size} bytes`);
  const body = new Reader(list.bytes(size - ACE_HEADER_BYTES), 'ACE');
  const form = accessTypes.get(type);
  if (!form) return { kind: 'other', type };
  const mask = body.u32();
  const present = form.object ? body.u32() : 0;
  const objectType = readGuid(body, present & OBJECT_TYPE_PRESENT);
  const inheritedObjectType = readGuid(body, present & INHERITED_OBJECT_TYPE_PRESENT);
  const { kind, conditional } = form;
  return { kind, conditional, flags, mask, objectType, inheritedObjectType, sid: readSid(body) };
}

function readGuid(body: Reader, present: number): Guid | undefined {
  return present === 0 ? undefined : decodeGuid(body.bytes(16));
}
