import { boolean, encodeBer, integer, octets, readElement, sequence, tags, type BerElement } from '@ad-protocols/asn1';
import { Reader } from '@ad-protocols/wire';
import { BerWriter, FilterParser, type Filter } from 'ldapts';
import { LdapError } from './errors.ts';
import { operationTags } from './operation-tags.ts';

const LDAP_VERSION = 3;
const NEVER_DEREFERENCE = 0;
const scopes = { base: 0, one: 1, sub: 2 } as const;

/** An extension of a request or of an answer. @see RFC 4511 §4.1.11 */
export interface Control {
  /** Object identifier in dotted form. */
  readonly oid: string;
  /** True when the server is to refuse the request rather than to leave this out. */
  readonly critical: boolean;
  /** Its value, encoded as its specification says. */
  readonly value?: Uint8Array | undefined;
}

/** What a search is for. */
export interface LdapSearch {
  /** Distinguished name to begin at; empty for the rootDSE. */
  readonly base: string;
  readonly scope: keyof typeof scopes;
  /** In the syntax of RFC 4515, or as one of ldapts' filter objects, which take values of any kind. */
  readonly filter: string | Filter;
  readonly attributes: readonly string[];
}

/** Largest message id; 0 is the server's own. @see RFC 4511 §4.1.1.1 */
export const MESSAGE_ID_MAX = 0x7fff_ffff;

/** The bytes of a simple bind. They hold the password: the caller wipes them. @see RFC 4511 §4.2 */
export function encodeSimpleBind(id: number, name: string, password: Uint8Array): Uint8Array {
  const request = [integer(LDAP_VERSION), octets(name), octets(password, 0x80)];
  return encodeMessage(id, sequence(request, operationTags.bindRequest));
}

/** The bytes of one leg of a SASL bind; without credentials the field is left out. @see RFC 4511 §4.2.1 */
export function encodeSaslBind(id: number, mechanism: string, credentials: Uint8Array | undefined): Uint8Array {
  const sasl = sequence([octets(mechanism), ...(credentials === undefined ? [] : [octets(credentials)])], 0xa3);
  const request = [integer(LDAP_VERSION), octets(''), sasl];
  return encodeMessage(id, sequence(request, operationTags.bindRequest));
}

/** The bytes of an extended request without a value. @see RFC 4511 §4.12 */
export function encodeExtendedRequest(id: number, oid: string): Uint8Array {
  return encodeMessage(id, sequence([octets(oid, 0x80)], operationTags.extendedRequest));
}

/**
 * The bytes of a search.
 *
 * @throws {LdapError} ERR_LDAP_FILTER
 * @see RFC 4511 §4.5.1
 */
export function encodeSearchRequest(id: number, search: LdapSearch, controls: readonly Control[] = []): Uint8Array {
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
  return encodeMessage(id, request, controls);
}

/** The bytes that give up a request; there is no answer. @see RFC 4511 §4.11 */
export function encodeAbandon(id: number, abandoned: number): Uint8Array {
  return encodeMessage(id, integer(abandoned, operationTags.abandonRequest));
}

/** The bytes that end a connection; there is no answer. @see RFC 4511 §4.3 */
export function encodeUnbind(id: number): Uint8Array {
  return encodeMessage(id, octets('', operationTags.unbindRequest));
}

/** A message in one allocation, which the caller wipes when it holds a secret. @see RFC 4511 §4.1.1 */
export function encodeMessage(id: number, request: BerElement, controls: readonly Control[] = []): Uint8Array {
  const extensions = controls.length === 0 ? [] : [sequence(controls.map(encodeControl), operationTags.controls)];
  return encodeBer(sequence([integer(id), request, ...extensions]));
}

function encodeControl({ oid, critical, value }: Control): BerElement {
  return sequence([octets(oid), ...(critical ? [boolean(true)] : []), ...(value === undefined ? [] : [octets(value)])]);
}

function encodeFilter(filter: string | Filter): BerElement {
  try {
    const writer = new BerWriter();
    (typeof filter === 'string' ? FilterParser.parseString(filter) : filter).write(writer);
    return readElement(new Reader(writer.buffer, 'Filter'));
  } catch (error) {
    throw new LdapError({
      code: 'ERR_LDAP_FILTER',
      message: `the search filter is not usable: ${error instanceof Error ? error.message : String(error)}`,
      nextStep: 'Write the filter in the syntax of RFC 4515, with \\28, \\29, \\2a and \\5c for ( ) * and \\.',
      cause: error,
    });
  }
}
