import { encodeBer, integer, octets, readElement, sequence, tags } from '@ad-protocols/asn1';
import { MalformedError, Reader } from '@ad-protocols/wire';
import type { Control } from './requests.ts';
import { readInteger } from './responses.ts';

/** Object identifiers of controls. @see [MS-ADTS] LDAP Extended Controls (3.1.1.3.4.1) */
export const controlOids = {
  /** RFC 2696 */
  pagedResults: '1.2.840.113556.1.4.319',
  dirSync: '1.2.840.113556.1.4.841',
  notification: '1.2.840.113556.1.4.528',
  securityDescriptorFlags: '1.2.840.113556.1.4.801',
  showDeleted: '1.2.840.113556.1.4.417',
  extendedDn: '1.2.840.113556.1.4.529',
} as const;

const nothing = new Uint8Array();

/** Asks for a page of `size` entries. `cookie` is the one of the page before. @see RFC 2696 §2 */
export function pagedResultsControl(size: number, cookie: Uint8Array = nothing): Control {
  const value = encodeBer(sequence([integer(size), octets(cookie)]));
  return { oid: controlOids.pagedResults, critical: true, value };
}

/**
 * The cookie of the next page in an answer's control; undefined when this was the last. A copy.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodePagedResults(value: Uint8Array): Uint8Array | undefined {
  const reader = sequenceReader(value, 'realSearchControlValue');
  readInteger(reader, tags.integer);
  const cookie = readCookie(reader);
  return cookie.length === 0 ? undefined : cookie;
}

/** What a DirSync search does beyond the usual. @see [MS-ADTS] LDAP_SERVER_DIRSYNC_OID (3.1.1.3.4.1.3) */
export interface DirSyncFlags {
  /** Gives what the account may read, instead of asking for the right to replicate. `LDAP_DIRSYNC_OBJECT_SECURITY` */
  readonly objectSecurity?: boolean | undefined;
  /** Parents come before their children. `LDAP_DIRSYNC_ANCESTORS_FIRST_ORDER` */
  readonly ancestorsFirst?: boolean | undefined;
  /** Leaves secrets out; without effect since Windows Server 2003. `LDAP_DIRSYNC_PUBLIC_DATA_ONLY` */
  readonly publicDataOnly?: boolean | undefined;
  /** Of linked attributes only the values that changed, as `member;range=1-1`. `LDAP_DIRSYNC_INCREMENTAL_VALUES` */
  readonly incrementalValues?: boolean | undefined;
}

const OBJECT_SECURITY = 0x0000_0001;
const ANCESTORS_FIRST_ORDER = 0x0000_0800;
const PUBLIC_DATA_ONLY = 0x0000_2000;
const INCREMENTAL_VALUES = 0x8000_0000;

/** Where a DirSync search goes on, and how. */
export interface DirSyncRequest {
  readonly flags: DirSyncFlags;
  /** Bytes of an answer; the server takes its own bounds in place of what is beyond them, 1 MiB at least. */
  readonly maxBytes: number;
  /** From the answer before; undefined begins anew. The server's own: nothing of it can be read. */
  readonly cookie?: Uint8Array | undefined;
}

/** Layout: SEQUENCE { Flags INTEGER (signed, 32 bits), MaxBytes INTEGER, Cookie OCTET STRING }. */
export function dirSyncControl({ flags, maxBytes, cookie = nothing }: DirSyncRequest): Control {
  const bits =
    (flags.objectSecurity === true ? OBJECT_SECURITY : 0) |
    (flags.ancestorsFirst === true ? ANCESTORS_FIRST_ORDER : 0) |
    (flags.publicDataOnly === true ? PUBLIC_DATA_ONLY : 0) |
    (flags.incrementalValues === true ? INCREMENTAL_VALUES : 0);
  const value = encodeBer(sequence([integer(bits), integer(maxBytes), octets(cookie)]));
  return { oid: controlOids.dirSync, critical: true, value };
}

/** What comes with the answer to a DirSync search. */
export interface DirSyncAnswer {
  /** There is more to be read now, from `cookie` on. */
  readonly more: boolean;
  /** For the next request, now or at any later time. A copy. */
  readonly cookie: Uint8Array;
}

/**
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED, also for an empty cookie: to go on with it would be to begin anew.
 * @see [MS-ADTS] DirSyncResponseValue (3.1.1.3.4.1.3)
 */
export function decodeDirSync(value: Uint8Array): DirSyncAnswer {
  const reader = sequenceReader(value, 'DirSyncResponseValue');
  const more = integerContent(reader).some((byte) => byte !== 0);
  integerContent(reader);
  const cookie = readCookie(reader);
  if (cookie.length === 0) throw reader.malformed('an empty cookie');
  return { more, cookie };
}

/** Parts of a security descriptor. @see [MS-ADTS] LDAP_SERVER_SD_FLAGS_OID (3.1.1.3.4.1.11) */
export interface SecurityDescriptorParts {
  readonly owner?: boolean;
  readonly group?: boolean;
  readonly dacl?: boolean;
  /** Needs the privilege to manage the audit log; an account without it gets no descriptor at all when it asks for it. */
  readonly sacl?: boolean;
}

/** Chooses what `nTSecurityDescriptor` holds in the answer. Layout: SEQUENCE { Flags INTEGER }. */
export function securityDescriptorFlagsControl(parts: SecurityDescriptorParts): Control {
  const bits =
    (parts.owner === true ? 1 : 0) |
    (parts.group === true ? 2 : 0) |
    (parts.dacl === true ? 4 : 0) |
    (parts.sacl === true ? 8 : 0);
  return { oid: controlOids.securityDescriptorFlags, critical: true, value: encodeBer(sequence([integer(bits)])) };
}

/** Makes deleted objects visible. @see [MS-ADTS] LDAP_SERVER_SHOW_DELETED_OID (3.1.1.3.4.1.14) */
export const showDeletedControl: Control = { oid: controlOids.showDeleted, critical: true };

/**
 * Names come as `<GUID=…>;<SID=…>;DN`, in values too: what they name is told whatever it is called meanwhile.
 *
 * Layout: SEQUENCE { Flag INTEGER }; 1 asks for GUIDs and SIDs as text. @see [MS-ADTS] LDAP_SERVER_EXTENDED_DN_OID (3.1.1.3.4.1.5)
 */
export const extendedDnControl: Control = {
  oid: controlOids.extendedDn,
  critical: true,
  value: encodeBer(sequence([integer(1)])),
};

/** Keeps a search open and answers it with what changes. @see [MS-ADTS] LDAP_SERVER_NOTIFICATION_OID (3.1.1.3.4.1.9) */
export const notificationControl: Control = { oid: controlOids.notification, critical: true };

function sequenceReader(value: Uint8Array, structure: string): Reader {
  const outer = new Reader(value, structure);
  const { tag, content } = readElement(outer);
  if (tag !== tags.sequence || outer.remaining > 0) throw outer.malformed('not one sequence');
  return new Reader(content, structure);
}

function integerContent(reader: Reader): Uint8Array {
  const { tag, content } = readElement(reader);
  if (tag !== tags.integer || content.length === 0) throw reader.malformed('not a number');
  return content;
}

function readCookie(reader: Reader): Uint8Array {
  const { tag, content } = readElement(reader);
  if (tag !== tags.octetString) throw reader.malformed('no cookie');
  return content.slice();
}

/** The value of an answer's control. @throws {MalformedError} ERR_WIRE_MALFORMED when it is not there. */
export function controlValue(controls: readonly Control[], oid: string): Uint8Array {
  const value = controls.find((control) => control.oid === oid)?.value;
  if (value !== undefined) return value;
  throw new MalformedError({ structure: 'SearchResultDone', offset: 0, problem: `no control ${oid} comes with it` });
}
