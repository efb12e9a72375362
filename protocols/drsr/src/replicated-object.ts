import { MalformedError, ridOf, type Guid, type Sid } from '@ad-protocols/wire';
import { attributeDefinition, type Attribute } from './attributes.ts';
import type { WireEntry } from './entry-list.ts';
import type { DsName } from './dsname.ts';
import type { LinkValue } from './link-values.ts';
import type { PrefixTable } from './prefix-table.ts';
import type { AttributeMetadata } from './property-metadata.ts';
import { decryptSecret, isSecretAttribute, isWrappedByRid, unwrapHashes } from './secrets.ts';

/** One attribute of an object as it was sent. */
export interface ReplicatedAttribute {
  /**
   * The values; none when the attribute was cleared. Secrets are decrypted, their checksum verified and their hashes
   * unwrapped, in fresh memory that the caller wipes; all others are views of the reply.
   */
  readonly values: readonly Uint8Array[];
  readonly metadata: AttributeMetadata;
}

/** An object with those of the attributes asked for that were sent. */
export interface ReplicatedObject {
  /** objectGUID. */
  readonly guid: Guid;
  /** objectSid, for users, groups and computers. */
  readonly sid?: Sid;
  readonly dn: string;
  /** Whether it is a tombstone: no longer a user, though its GUID stays. */
  readonly isDeleted: boolean;
  /** By name. */
  readonly attributes: ReadonlyMap<string, ReplicatedAttribute>;
}

/**
 * One value that was added to a linked attribute of an object, such as `member`, or removed from it. Values of linked attributes
 * have a history of their own, so they come by themselves.
 */
export interface ReplicatedLink {
  /** The object that has the attribute. */
  readonly object: DsName;
  /** Name of the attribute. */
  readonly attribute: string;
  /** The value as it was sent; `decodeDsName` says to which object it leads. A view of the reply. */
  readonly value: Uint8Array;
  /** False when the value was removed. */
  readonly isPresent: boolean;
  /** When the value was first made, whole seconds. */
  readonly createdAt: Date;
  readonly metadata: AttributeMetadata;
  /** When the value goes by itself. */
  readonly expiresAt?: Date;
}

/** What turns entries of a reply into objects. */
export interface EntryContext {
  /** Name by attribute number, in terms of the reply's prefix table. */
  readonly names: ReadonlyMap<number, string>;
  /** Every session key of the connection, the newest first. */
  readonly sessionKeys: readonly Uint8Array[];
}

/** The names by attribute number in terms of one message's table; attributes whose prefix it lacks are not in that message. */
export function namesByType(attributes: readonly Attribute[], prefixTable: PrefixTable): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const { name, oid } of attributes.map(attributeDefinition)) {
    const type = prefixTable.attributeType(oid);
    if (type !== undefined) names.set(type, name);
  }
  return names;
}

function openValue(context: EntryContext, name: string, bytes: Uint8Array, sid: Sid | undefined): Uint8Array {
  if (!isSecretAttribute(name)) return bytes;
  const decrypted = decryptSecret(context.sessionKeys, bytes);
  if (!isWrappedByRid(name)) return decrypted;
  if (sid === undefined) {
    throw new MalformedError({ structure: 'REPLENTINFLIST', offset: 0, problem: `an object with ${name} has no SID` });
  }
  const hashes = unwrapHashes(decrypted, ridOf(sid));
  decrypted.fill(0);
  return hashes;
}

/** The mark in the first part of a tombstone's name. @see [MS-ADTS] Tombstones (3.1.1.5.5.1.1) */
const deletedMark = '\\0ADEL:';

function isTombstone(dn: string, deleted: ReplicatedAttribute | undefined): boolean {
  if (deleted) return deleted.values.some((value) => value.some((byte) => byte !== 0));
  return dn.slice(0, dn.indexOf(',')).includes(deletedMark);
}

/**
 * The object of an entry, with the attributes that `context` names; others are left out.
 *
 * @throws {ChecksumError} ERR_DRSR_CHECKSUM when a secret does not decrypt.
 * @throws {MalformedError} ERR_WIRE_MALFORMED when an object lacks what identifies it.
 */
export function openEntry(entry: WireEntry, context: EntryContext): ReplicatedObject {
  const { guid, sid, dn } = entry.name;
  if (guid === undefined) {
    throw new MalformedError({ structure: 'REPLENTINFLIST', offset: 0, problem: 'an object has no GUID' });
  }
  const attributes = new Map<string, ReplicatedAttribute>();
  entry.attributes.forEach((attribute, index) => {
    const name = context.names.get(attribute.type);
    const metadata = entry.metadata[index];
    if (name === undefined || metadata === undefined) return;
    attributes.set(name, { values: attribute.values.map((bytes) => openValue(context, name, bytes, sid)), metadata });
  });
  const isDeleted = isTombstone(dn, attributes.get('isDeleted'));
  return { guid, ...(sid === undefined ? {} : { sid }), dn, isDeleted, attributes };
}

/** The link values of a reply, of the attributes that `names` has. */
export function openLinks(links: readonly LinkValue[], names: EntryContext['names']): ReplicatedLink[] {
  return links.flatMap(({ type, ...link }) => {
    const attribute = names.get(type);
    return attribute === undefined ? [] : [{ attribute, ...link }];
  });
}
