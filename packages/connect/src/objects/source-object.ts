import type { LdapEntry } from '@ad-protocols/ldap';
import { decodeGuid, decodeSid } from '@ad-protocols/wire';
import { referenceAttributes, type LinkChange, type ReferenceAttribute, type SourceChange } from '@causeway/engine';

/** Object classes that become something, and those that only hold others; the first that an object has is its type. */
const types: readonly (readonly [objectClass: string, type: string])[] = [
  ['inetorgperson', 'inetOrgPerson'],
  ['user', 'user'],
  ['group', 'group'],
  ['foreignsecurityprincipal', 'foreignSecurityPrincipal'],
  ['organizationalunit', 'container'],
  ['container', 'container'],
  ['domaindns', 'container'],
];

/** Attributes whose values are bytes; all others are text, and a SID becomes its text. */
const binaryAttributes: ReadonlySet<string> = new Set([
  'objectguid',
  'ms-ds-consistencyguid',
  'msexchmailboxguid',
  'usercertificate',
  'thumbnailphoto',
]);
const sidAttributes: ReadonlySet<string> = new Set(['objectsid', 'msexchmasteraccountsid', 'sidhistory']);

const decoder = new TextDecoder();

/** How an entry is read. */
export interface SourceSpelling {
  /** Names of attributes as rules spell them, by their lower case. */
  readonly names: ReadonlyMap<string, string>;
  /** True when the entry is the whole object in any case, and not what DirSync says of it. */
  readonly whole: boolean;
}

/**
 * An entry of a forest as a change for the engine; undefined for one without a GUID, and for an object class that is none of the
 * engine's business.
 *
 * Names come as `<GUID=…>;<SID=…>;DN` by the extended-DN control. DirSync gives a new object with its classes, and of any
 * other only what has changed: an attribute without values is gone.
 */
export function toSourceChange(entry: LdapEntry, { names, whole }: SourceSpelling): SourceChange | undefined {
  const guid = entry.attributes.get('objectguid')?.[0];
  if (guid?.length !== 16) return undefined;
  const objectClass = entry.attributes.get('objectclass');
  const type = objectClass && typeOf(objectClass);
  const deleted = textOf(entry.attributes.get('isdeleted')?.[0]) === 'TRUE';
  if (objectClass !== undefined && type === undefined && !deleted) return undefined;
  const attributes: Record<string, readonly string[]> = {};
  for (const [name, values] of entry.attributes) {
    const spelled = names.get(name);
    if (spelled !== undefined) attributes[spelled] = values.map((value) => valueOf(name, value));
  }
  // DirSync names the relative distinguished name `name` alone, whatever the naming attribute of the class is.
  const name = entry.attributes.get('name');
  if (name !== undefined && names.has('cn')) attributes['cn'] = name.map((value) => textOf(value));
  const links: Partial<Record<ReferenceAttribute, LinkChange>> = {};
  for (const attribute of referenceAttributes) {
    const change = linkChangeOf(entry, attribute);
    if (change !== undefined) links[attribute] = change;
  }
  return {
    guid: decodeGuid(guid),
    deleted,
    dn: plainName(entry.dn),
    type,
    whole: whole || type !== undefined,
    attributes,
    links,
  };
}

/** The distinguished name without what the extended-DN control puts before it. */
export function plainName(dn: string): string {
  return dn.replace(/^<GUID=[0-9a-fA-F-]+>;(?:<SID=[^>]+>;)?/, '');
}

/** A computer is a user to AD, and nobody's account here. */
function typeOf(values: readonly Uint8Array[]): string | undefined {
  const present = new Set(values.map((value) => textOf(value).toLowerCase()));
  return present.has('computer') ? undefined : types.find(([objectClass]) => present.has(objectClass))?.[1];
}

function valueOf(name: string, value: Uint8Array): string {
  if (sidAttributes.has(name)) return sidText(value);
  if (!binaryAttributes.has(name)) return textOf(value);
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
}

/** `member` whole, or `member;range=1-1` added and `member;range=0-0` removed: LDAP_DIRSYNC_INCREMENTAL_VALUES. */
function linkChangeOf({ attributes }: LdapEntry, attribute: ReferenceAttribute): LinkChange | undefined {
  const all = attributes.get(attribute);
  if (all !== undefined) return { replace: true, add: all.flatMap(targetOf), remove: [] };
  const added = attributes.get(`${attribute};range=1-1`);
  const removed = attributes.get(`${attribute};range=0-0`);
  if (added === undefined && removed === undefined) return undefined;
  return { replace: false, add: (added ?? []).flatMap(targetOf), remove: (removed ?? []).flatMap(targetOf) };
}

/** The GUID in an extended name; a name without one refers to nothing that can be told. */
function targetOf(value: Uint8Array): string[] {
  const guid = /^<GUID=([0-9a-fA-F-]{36})>/.exec(textOf(value))?.[1];
  return guid === undefined ? [] : [guid.toLowerCase()];
}

/** A SID that is none counts as no value that anything equals. */
function sidText(value: Uint8Array): string {
  try {
    return decodeSid(value);
  } catch {
    return '';
  }
}

function textOf(value: Uint8Array | undefined): string {
  return value === undefined ? '' : decoder.decode(value);
}
