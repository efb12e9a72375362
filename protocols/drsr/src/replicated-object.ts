import { MalformedError, Reader, ridOf, type Guid, type Sid } from '@ad-protocols/wire';
import { attributeDefinition, type Attribute, type AttributeDefinition } from './attributes.ts';
import type { WireEntry } from './entry-list.ts';
import type { DsName } from './dsname.ts';
import type { LinkValue } from './link-values.ts';
import { encodeOid } from './object-identifier.ts';
import type { PrefixTable } from './prefix-table.ts';
import type { AttributeMetadata } from './property-metadata.ts';
import { decryptSecret, isSecretAttribute, isWrappedByRid, unwrapHashes } from './secrets.ts';

/** One attribute of an object as it was sent. */
export interface ReplicatedAttribute {
  /**
   * The values; none when the attribute was cleared. Secrets are decrypted, their checksum verified and their hashes
   * unwrapped, in fresh memory that the caller wipes. Object identifiers are contents octets in BER, because the numbers that
   * were sent mean nothing without the reply. All others are views of the reply.
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
  /** Those that were asked for, by attribute number in terms of `prefixTable`. */
  readonly attributes: ReadonlyMap<number, AttributeDefinition>;
  /** That of the reply. */
  readonly prefixTable: PrefixTable;
  /** Every session key of the connection, the newest first. */
  readonly sessionKeys: readonly Uint8Array[];
}

/** Attributes by their number in terms of one message's table; those whose prefix it lacks are not in that message. */
export function attributesByType(
  attributes: readonly Attribute[],
  prefixTable: PrefixTable,
): ReadonlyMap<number, AttributeDefinition> {
  const byType = new Map<number, AttributeDefinition>();
  for (const definition of attributes.map(attributeDefinition)) {
    const type = prefixTable.attributeType(definition.oid);
    if (type !== undefined) byType.set(type, definition);
  }
  return byType;
}

function malformed(problem: string): MalformedError {
  return new MalformedError({ structure: 'REPLENTINFLIST', offset: 0, problem });
}

function openSecret(context: EntryContext, name: string, bytes: Uint8Array, sid: Sid | undefined): Uint8Array {
  const decrypted = decryptSecret(context.sessionKeys, bytes);
  if (!isWrappedByRid(name)) return decrypted;
  if (sid === undefined) throw malformed(`an object with ${name} has no SID`);
  const hashes = unwrapHashes(decrypted, ridOf(sid));
  decrypted.fill(0);
  return hashes;
}

/** @see [MS-DRSR] String(Object-Identifier) (5.16.3.8) */
function openObjectIdentifier({ prefixTable }: EntryContext, name: string, bytes: Uint8Array): Uint8Array {
  const type = new Reader(bytes, name).u32();
  const oid = prefixTable.oid(type);
  if (oid === undefined) throw malformed(`the prefix table lacks 0x${type.toString(16)}, a value of ${name}`);
  return encodeOid(oid);
}

/** The mark in the first part of a tombstone's name. @see [MS-ADTS] Tombstones (3.1.1.5.5.1.1) */
const deletedMark = '\\0ADEL:';

function isTombstone(dn: string, deleted: ReplicatedAttribute | undefined): boolean {
  if (deleted) return deleted.values.some((value) => value.some((byte) => byte !== 0));
  return dn.slice(0, dn.indexOf(',')).includes(deletedMark);
}

/**
 * The object of an entry, with the attributes that were asked for; others are left out.
 *
 * @throws {ChecksumError} ERR_DRSR_CHECKSUM when a secret does not decrypt.
 * @throws {MalformedError} ERR_WIRE_MALFORMED when an object lacks what identifies it, has an attribute twice, or a class of no
 *   known prefix.
 */
export function openEntry(entry: WireEntry, context: EntryContext): ReplicatedObject {
  const { guid, sid, dn } = entry.name;
  if (guid === undefined) throw malformed('an object has no GUID');
  const openValue = ({ name, syntax }: AttributeDefinition, bytes: Uint8Array): Uint8Array => {
    if (isSecretAttribute(name)) return openSecret(context, name, bytes, sid);
    return syntax === 'oid' ? openObjectIdentifier(context, name, bytes) : bytes;
  };
  const attributes = new Map<string, ReplicatedAttribute>();
  entry.attributes.forEach((attribute, index) => {
    const definition = context.attributes.get(attribute.type);
    const metadata = entry.metadata[index];
    if (definition === undefined || metadata === undefined) return;
    // Which of the two would be the newer one is nowhere said.
    if (attributes.has(definition.name)) throw malformed(`an object has ${definition.name} twice`);
    attributes.set(definition.name, {
      values: attribute.values.map((bytes) => openValue(definition, bytes)),
      metadata,
    });
  });
  const isDeleted = isTombstone(dn, attributes.get('isDeleted'));
  return { guid, ...(sid === undefined ? {} : { sid }), dn, isDeleted, attributes };
}

/**
 * The objects of a reply's entries. When one of them cannot be opened none is given, and the secrets of the others are wiped.
 *
 * @throws as {@link openEntry}
 */
export function openEntries(entries: readonly WireEntry[], context: EntryContext): ReplicatedObject[] {
  const objects: ReplicatedObject[] = [];
  try {
    for (const entry of entries) objects.push(openEntry(entry, context));
    return objects;
  } catch (error) {
    wipeSecrets(objects);
    throw error;
  }
}

/** Overwrites every decrypted secret of objects with zeros. */
export function wipeSecrets(objects: readonly Pick<ReplicatedObject, 'attributes'>[]): void {
  for (const { attributes } of objects) {
    for (const [name, { values }] of attributes) {
      if (isSecretAttribute(name)) for (const value of values) value.fill(0);
    }
  }
}

/** The link values of a reply, of the attributes that were asked for. */
export function openLinks(links: readonly LinkValue[], attributes: EntryContext['attributes']): ReplicatedLink[] {
  return links.flatMap(({ type, ...link }) => {
    const definition = attributes.get(type);
    return definition === undefined ? [] : [{ attribute: definition.name, ...link }];
  });
}
