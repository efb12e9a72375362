/** The same bytes without being a Buffer, which some drivers give and which turns itself into an array of numbers in JSON. */
export function bytesOf(value: Uint8Array): Uint8Array {
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
