import { readElement, readElements, tags, type ReadElement } from '@ad-protocols/asn1';
import { Reader } from '@ad-protocols/wire';
import type { LdapEntry } from './entry.ts';
import { operationTags } from './operation-tags.ts';
import type { Control } from './requests.ts';

/** How a request ended: 0 is success; `diagnostic` is the server's own sentence. @see RFC 4511 §4.1.9 */
export interface LdapResult {
  readonly code: number;
  readonly diagnostic: string;
}

/** A message of the server, already taken apart. Bytes are views of what was received. @see RFC 4511 §4.1.1 */
export type LdapResponse = { readonly id: number; readonly controls: readonly Control[] } & (
  | { readonly kind: 'entry'; readonly entry: LdapEntry }
  | { readonly kind: 'reference' }
  | { readonly kind: 'search'; readonly result: LdapResult }
  /** The end of an addition, a modification or a renaming. */
  | { readonly kind: 'write'; readonly result: LdapResult }
  | { readonly kind: 'bind'; readonly result: LdapResult; readonly credentials: Uint8Array | undefined }
  | { readonly kind: 'extended'; readonly result: LdapResult; readonly name: string | undefined }
  /** Any other operation, of which nothing is read. */
  | { readonly kind: 'other'; readonly tag: number }
);

/** Bytes of an INTEGER of RFC 4511, which goes up to 2^31-1. */
const INTEGER_BYTES_MAX = 4;
const SERVER_SASL_CREDENTIALS = 0x87;
const RESPONSE_NAME = 0x8a;

const textDecoder = new TextDecoder();

/**
 * One message of the server.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see RFC 4511 §4.1.1
 */
export function decodeResponse(bytes: Uint8Array): LdapResponse {
  const outer = new Reader(bytes, 'LDAPMessage');
  const message = new Reader(expect(outer, tags.sequence), 'LDAPMessage');
  if (outer.remaining > 0) throw outer.malformed('something comes after the message');
  const id = readInteger(message, tags.integer);
  const operation = readElement(message);
  const controls = message.remaining > 0 ? decodeControls(readElement(message)) : [];
  return { id, controls, ...decodeOperation(operation) };
}

type Operation<Response = LdapResponse> = Response extends LdapResponse ? Omit<Response, 'id' | 'controls'> : never;

function decodeOperation({ tag, content }: ReadElement): Operation {
  switch (tag) {
    case operationTags.searchResultEntry:
      return { kind: 'entry', entry: decodeEntry(content) };
    case operationTags.searchResultReference:
      return { kind: 'reference' };
    case operationTags.searchResultDone:
      return { kind: 'search', result: decodeResult(new Reader(content, 'SearchResultDone')) };
    case operationTags.addResponse:
    case operationTags.modifyResponse:
    case operationTags.deleteResponse:
    case operationTags.modifyDnResponse:
      return { kind: 'write', result: decodeResult(new Reader(content, 'LDAPResult')) };
    case operationTags.bindResponse: {
      const reader = new Reader(content, 'BindResponse');
      const result = decodeResult(reader);
      return { kind: 'bind', result, credentials: optional(reader, SERVER_SASL_CREDENTIALS) };
    }
    case operationTags.extendedResponse: {
      const reader = new Reader(content, 'ExtendedResponse');
      const result = decodeResult(reader);
      const name = optional(reader, RESPONSE_NAME);
      return { kind: 'extended', result, name: name && textDecoder.decode(name) };
    }
    default:
      return { kind: 'other', tag };
  }
}

/** Leaves the reader after the diagnostic message. */
function decodeResult(reader: Reader): LdapResult {
  const code = readInteger(reader, tags.enumerated);
  expect(reader, tags.octetString);
  return { code, diagnostic: textDecoder.decode(expect(reader, tags.octetString)) };
}

/** The content of the field with this tag, if it is among those that are left. */
function optional(reader: Reader, wanted: number): Uint8Array | undefined {
  while (reader.remaining > 0) {
    const { tag, content } = readElement(reader);
    if (tag === wanted) return content;
  }
  return undefined;
}

/** @see RFC 4511 §4.5.2 SearchResultEntry */
function decodeEntry(content: Uint8Array): LdapEntry {
  const reader = new Reader(content, 'SearchResultEntry');
  const dn = textDecoder.decode(expect(reader, tags.octetString));
  const attributes = new Map<string, Uint8Array[]>();
  for (const attribute of readElements(expect(reader, tags.sequence), 'PartialAttributeList')) {
    const parts = new Reader(attribute.content, 'PartialAttribute');
    const name = textDecoder.decode(expect(parts, tags.octetString)).toLowerCase();
    const values = readElements(expect(parts, tags.set), 'AttributeValues');
    attributes.set(
      name,
      values.map(({ content: value }) => value),
    );
  }
  return { dn, attributes };
}

function decodeControls({ tag, content }: ReadElement): Control[] {
  if (tag !== operationTags.controls) return [];
  return readElements(content, 'Controls').map((element) => {
    const reader = new Reader(element.content, 'Control');
    const oid = textDecoder.decode(expect(reader, tags.octetString));
    let critical = false;
    let value: Uint8Array | undefined;
    while (reader.remaining > 0) {
      const field = readElement(reader);
      if (field.tag === tags.boolean) critical = field.content[0] !== 0;
      if (field.tag === tags.octetString) value = field.content;
    }
    return { oid, critical, value };
  });
}

function expect(reader: Reader, wanted: number): Uint8Array {
  const { tag, content } = readElement(reader);
  if (tag !== wanted) throw reader.malformed(`tag ${tag} where ${wanted} belongs`);
  return content;
}

/** A number from 0 to 2^31-1. */
export function readInteger(reader: Reader, tag: number): number {
  const content = expect(reader, tag);
  const first = content[0];
  if (first === undefined || first > 0x7f || content.length > INTEGER_BYTES_MAX) {
    throw reader.malformed('not a number from 0 to 2147483647');
  }
  return content.reduce((value, byte) => value * 256 + byte, 0);
}
