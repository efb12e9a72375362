import { Reader } from '@ad-protocols/wire';
import type { Attribute, Operation } from '../operation.ts';
import {
  boolean,
  encodeBer,
  integer,
  octets,
  readElement,
  readElements,
  readNumber,
  sequence,
  tags,
  type BerElement,
} from '@ad-protocols/asn1';

/** Tags of the operations used here. @see RFC 4511 section 4.2 */
const operationTags = {
  searchRequest: 0x63,
  searchResultEntry: 0x64,
  searchResultDone: 0x65,
  modifyRequest: 0x66,
  addRequest: 0x68,
  modifyDnRequest: 0x6c,
  searchResultReference: 0x73,
  controls: 0xa0,
} as const;

/**
 * Lets hashes and keys be written as they are, instead of being derived from a clear-text password.
 * Samba's DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID; it is honoured on the privileged socket and in local files only.
 */
export const bypassPasswordHashControl = '1.3.6.1.4.1.7165.4.3.12';

const scopes = { base: 0, one: 1, sub: 2 } as const;
const REPLACE = 2;
const NEVER_DEREFERENCE = 0;

/** A condition on an attribute, or any one of several. */
export type Filter =
  | { readonly attribute: string; readonly equals: string }
  | { readonly present: string }
  | { readonly anyOf: readonly Filter[] };

export interface Search {
  readonly base: string;
  readonly scope: keyof typeof scopes;
  readonly filter: Filter;
  readonly attributes: readonly string[];
}

/** An object that a search found: attribute names in lower case, values as views of what was received. */
export interface LdapEntry {
  readonly dn: string;
  readonly attributes: ReadonlyMap<string, readonly Uint8Array[]>;
}

/** How a request ended: 0 is success; `diagnostic` is the server's own sentence. @see RFC 4511 section 4.1.9 */
export interface LdapResult {
  readonly code: number;
  readonly diagnostic: string;
}

/** A message of the server, already taken apart. */
export type LdapResponse =
  | { readonly id: number; readonly entry: LdapEntry }
  | { readonly id: number; readonly result: LdapResult }
  | { readonly id: number };

/** The bytes of a search request. */
export function encodeSearch(id: number, search: Search): Uint8Array {
  const request = sequence(
    [
      octets(search.base),
      integer(scopes[search.scope], tags.enumerated),
      integer(NEVER_DEREFERENCE, tags.enumerated),
      integer(0),
      integer(0),
      boolean(false),
      encodeFilter(search.filter),
      sequence(search.attributes.map((name) => octets(name))),
    ],
    operationTags.searchRequest,
  );
  return encodeBer(sequence([integer(id), request]));
}

/**
 * The bytes of a write. Additions and modifications carry {@link bypassPasswordHashControl}, critical; a renaming must
 * not: with it Samba 4.17 never answers, and its LDAP server holds the database's write lock until it is restarted.
 *
 * They hold whatever the operation holds: the caller wipes them.
 */
export function encodeOperation(id: number, operation: Operation): Uint8Array {
  const request = encodeRequest(operation);
  if (operation.kind === 'rename') return encodeBer(sequence([integer(id), request]));
  const control = sequence([octets(bypassPasswordHashControl), boolean(true)]);
  return encodeBer(sequence([integer(id), request, sequence([control], operationTags.controls)]));
}

function encodeRequest(operation: Operation): BerElement {
  const dn = octets(operation.dn);
  if (operation.kind === 'add') {
    return sequence([dn, sequence(operation.attributes.map(encodeAttribute))], operationTags.addRequest);
  }
  if (operation.kind === 'rename') {
    return sequence([dn, octets(operation.rdn), boolean(true)], operationTags.modifyDnRequest);
  }
  const changes = operation.replace.map((attribute) =>
    sequence([integer(REPLACE, tags.enumerated), encodeAttribute(attribute)]),
  );
  return sequence([dn, sequence(changes)], operationTags.modifyRequest);
}

function encodeAttribute({ name, values }: Attribute): BerElement {
  return sequence([
    octets(name),
    sequence(
      values.map((value) => octets(value)),
      tags.set,
    ),
  ]);
}

function encodeFilter(filter: Filter): BerElement {
  if ('anyOf' in filter) return sequence(filter.anyOf.map(encodeFilter), 0xa1);
  if ('present' in filter) return octets(filter.present, 0x87);
  return sequence([octets(filter.attribute), octets(filter.equals)], 0xa3);
}

const textDecoder = new TextDecoder();

/**
 * One message of the server. What is neither an entry nor the end of a request has only its id.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see RFC 4511 section 4.1.1
 */
export function decodeResponse(bytes: Uint8Array): LdapResponse {
  const outer = new Reader(bytes, 'LDAPMessage');
  const message = readElement(outer);
  if (message.tag !== tags.sequence || outer.remaining > 0) throw outer.malformed('not one sequence');
  const reader = new Reader(message.content, 'LDAPMessage');
  const id = readNumber(readElement(reader).content);
  const { tag, content } = readElement(reader);
  if (tag === operationTags.searchResultEntry) return { id, entry: decodeEntry(content) };
  if (tag === operationTags.searchResultReference) return { id };
  const body = new Reader(content, 'LDAPResult');
  const code = readNumber(readElement(body).content);
  readElement(body);
  return { id, result: { code, diagnostic: textDecoder.decode(readElement(body).content) } };
}

function decodeEntry(content: Uint8Array): LdapEntry {
  const reader = new Reader(content, 'SearchResultEntry');
  const dn = textDecoder.decode(readElement(reader).content);
  const attributes = new Map<string, Uint8Array[]>();
  for (const attribute of readElements(readElement(reader).content, 'PartialAttributeList')) {
    const parts = new Reader(attribute.content, 'PartialAttribute');
    const name = textDecoder.decode(readElement(parts).content).toLowerCase();
    const values = readElements(readElement(parts).content, name).map(({ content: value }) => value);
    attributes.set(name, values);
  }
  return { dn, attributes };
}
