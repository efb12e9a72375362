import { NdrReader, NdrWriter, type TransferSyntax } from '@ad-protocols/ndr';
import { HANDLE_SIZE } from '../bind.ts';

/** Names to translate. @see [MS-DRSR] DRS_MSG_CRACKREQ_V1 (4.1.4.1.2) */
export interface CrackNamesRequest {
  /** From the bind, 20 bytes. */
  readonly handle: Uint8Array;
  /** DS_NAME_FLAG_GCVERIFY (4), DS_NAME_FLAG_TRUST_REFERRAL (8), DS_NAME_FLAG_PRIVATE_RESOLVE_FPOS (0x80000000). */
  readonly flags: number;
  /** A number of `nameFormats`, as is the next. */
  readonly formatOffered: number;
  readonly formatDesired: number;
  /** 1 to 10,000 names. */
  readonly names: readonly string[];
}

/** `range` of cNames. */
export const NAMES_MAX = 10_000;
/** Bytes of a name at the least: pointer (4) ‖ counts (12) ‖ terminator (2). */
const NAME_SIZE = 18;

/**
 * Parameters of IDL_DRSCrackNames: handle (20) ‖ version (4) ‖ version (4) ‖ code page (4) ‖ locale (4) ‖ flags (4) ‖
 * offered (4) ‖ desired (4) ‖ count (4) ‖ pointer; then maximum count ‖ pointers ‖ strings. Servers ignore code page and locale.
 *
 * @see [MS-DRSR] IDL_DRSCrackNames (4.1.4)
 */
export function encodeCrackNamesRequest(request: CrackNamesRequest, syntax: TransferSyntax = 'ndr'): Uint8Array {
  const { handle, flags, formatOffered, formatDesired, names } = request;
  const writer = new NdrWriter(syntax).bytes(handle).u32(1).startOfStructure(4, 8).u32(1).startOfStructure(4, 8);
  writer.u32(0).u32(0).u32(flags).u32(formatOffered).u32(formatDesired).u32(names.length).pointer(true);
  writer.maxCount(names.length);
  for (const _ of names) writer.pointer(true);
  for (const name of names) writer.wideString(name);
  return writer.finish();
}

/**
 * Reads what {@link encodeCrackNamesRequest} writes.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodeCrackNamesRequest(stub: Uint8Array, syntax: TransferSyntax = 'ndr'): CrackNamesRequest {
  const reader = new NdrReader(stub, 'DRS_MSG_CRACKREQ', syntax);
  const handle = reader.bytes(HANDLE_SIZE);
  const version = reader.u32();
  reader.startOfStructure(4, 8);
  if (reader.sameCount(reader.u32(), version) !== 1) throw reader.malformed(`a request of version ${version}`);
  reader.startOfStructure(4, 8);
  reader.skip(8);
  const [flags, formatOffered, formatDesired, count] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
  if (!reader.pointer()) throw reader.malformed('no names');
  reader.sameCount(count, reader.maxCount(NAME_SIZE, NAMES_MAX));
  const present = Array.from({ length: count }, () => reader.pointer());
  const names = present.map((isPresent) => {
    if (!isPresent) throw reader.malformed('a name that is not there');
    return reader.wideString();
  });
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the names`);
  return { handle, flags, formatOffered, formatDesired, names };
}
