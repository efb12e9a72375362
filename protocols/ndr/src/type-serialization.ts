import { decodeGuid } from '@ad-protocols/wire';
import { NdrReader } from './ndr-reader.ts';
import { NdrWriter } from './ndr-writer.ts';
import { transferSyntaxIdentifiers, type TransferSyntax } from './transfer-syntax.ts';

const LITTLE_ENDIAN = 0x10;
const FILLER = 0xcccc_cccc;
/** Bytes of the common header and of the private header before each structure. */
const headerSizes = { 1: { common: 8, private: 8 }, 2: { common: 64, private: 16 } } as const;

function syntaxOfVersion2(reader: NdrReader): TransferSyntax {
  reader.skip(20); // endianInfo (4) ‖ reserved (16)
  const uuid = decodeGuid(reader.bytes(16));
  for (const syntax of ['ndr', 'ndr64'] as const) {
    if (uuid === transferSyntaxIdentifiers[syntax].uuid) return syntax;
  }
  throw reader.malformed(`a transfer syntax ${uuid} that is neither NDR nor NDR64`);
}

/**
 * Opens a pickle, that is one structure serialized by itself: common header ‖ private header ‖ structure, padded. Version 1 is
 * NDR 2.0 with headers of 8 and 8 bytes; version 2 names its transfer syntax and has headers of 64 and 16 bytes.
 *
 * @param structure What is pickled; named in errors.
 * @returns a reader at the start of the structure, which ends with the structure and its padding.
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED for another version, big-endian numbers or wrong lengths.
 * @see [MS-RPCE] Type Serialization Version 1 (2.2.6), Type Serialization Version 2 (2.2.7)
 */
export function openPickle(bytes: Uint8Array, structure: string): NdrReader {
  const reader = new NdrReader(bytes, structure);
  const version = reader.u8();
  if (version !== 1 && version !== 2) throw reader.malformed(`type serialization of version ${version}`);
  if (reader.u8() !== LITTLE_ENDIAN) throw reader.malformed('numbers of a pickle are not little-endian');
  const sizes = headerSizes[version];
  if (reader.u16() !== sizes.common) throw reader.malformed('a common header of an unknown length');
  const syntax = version === 1 ? 'ndr' : syntaxOfVersion2(reader);
  reader.seek(sizes.common);
  const length = reader.u32();
  reader.seek(sizes.common + sizes.private);
  const body = reader.bytes(length);
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the structure`);
  return new NdrReader(body, structure, syntax);
}

/** A pickle of version 1 of what `write` writes; the counterpart of {@link openPickle}. */
export function pickle(write: (writer: NdrWriter) => void): Uint8Array {
  const { common, private: own } = headerSizes[1];
  const writer = new NdrWriter().u8(1).u8(LITTLE_ENDIAN).u16(common).u32(FILLER);
  writer.fill(own);
  write(writer);
  writer.align(8);
  return writer.patchU32(common, writer.length - common - own).finish();
}
