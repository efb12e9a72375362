import { Buffer } from 'node:buffer';

/** The UTF-16 little-endian bytes of a text, without a terminator. Lone surrogates are kept as they are. */
export function encodeUtf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    bytes[index * 2] = unit & 0xff;
    bytes[index * 2 + 1] = unit >> 8;
  }
  return bytes;
}

/**
 * The text of UTF-16 little-endian bytes. Lone surrogates and a byte order mark are kept as they are, so that {@link encodeUtf16}
 * gives the same bytes again; half a character at the end becomes U+FFFD.
 */
export function decodeUtf16(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf16le');
  return bytes.length % 2 === 0 ? text : `${text}\ufffd`;
}
