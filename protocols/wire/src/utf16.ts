const decoder = new TextDecoder('utf-16le', { ignoreBOM: true });

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

/** The text of UTF-16 little-endian bytes. Lone surrogates become U+FFFD. */
export function decodeUtf16(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
