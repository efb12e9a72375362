import { applicationTag, encodeBer, objectIdentifier, readElement } from '@ad-protocols/asn1';
import { mechanismOids } from '@ad-protocols/gss';
import { Reader } from '@ad-protocols/wire';

/** What the two bytes after the object identifier say that follows. @see RFC 4121 §4.1, RFC 4757 §7.2, §7.3 */
export const tokenIds = { apRequest: 0x0100, apReply: 0x0200, krbError: 0x0300, mic: 0x0101, wrap: 0x0201 } as const;

/** How a token begins. @see RFC 2743 §3.1 */
export const CONTEXT_TOKEN_TAG = applicationTag(0);
const oid = encodeBer(objectIdentifier(mechanismOids.kerberos));

/**
 * A token of the mechanism with the framing that names it.
 *
 * Layout: 60 ‖ length (1 to 5) ‖ object identifier (11) ‖ token identifier (2) ‖ body.
 *
 * @see RFC 2743 §3.1, RFC 4121 §4.1
 */
export function encodeContextToken(tokenId: number, body: Uint8Array): Uint8Array {
  const content = new Uint8Array(oid.length + 2 + body.length);
  content.set(oid);
  new DataView(content.buffer).setUint16(oid.length, tokenId);
  content.set(body, oid.length + 2);
  return encodeBer({ tag: CONTEXT_TOKEN_TAG, content });
}

/**
 * What {@link encodeContextToken} was given; `body` is a view of the input.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED: no token, or one of another mechanism.
 */
export function decodeContextToken(token: Uint8Array): { readonly tokenId: number; readonly body: Uint8Array } {
  const reader = new Reader(token, 'Kerberos context token');
  const { tag, content } = readElement(reader);
  if (tag !== CONTEXT_TOKEN_TAG) throw reader.malformed('no token of GSS-API');
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the end`);
  const inner = new Reader(content, reader.structure);
  const mechanism = inner.bytes(oid.length);
  if (!oid.every((byte, index) => byte === mechanism[index])) throw inner.malformed('a token of another mechanism');
  const tokenId = inner.u16be();
  return { tokenId, body: inner.bytes(inner.remaining) };
}
