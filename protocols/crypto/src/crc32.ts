import { crc32 as zlibCrc32 } from 'node:zlib';

/**
 * The CRC-32 of IEEE 802.3 and zip, unsigned: polynomial 0x04C11DB7 reflected, all ones at the start, inverted at the end.
 *
 * @see [MS-DRSR] EncryptValuesIfNecessary, which protects each secret value with it
 */
export function crc32(bytes: Uint8Array): number {
  return zlibCrc32(bytes);
}
