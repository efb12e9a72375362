import { NdrReader, NdrWriter, type TransferSyntax } from '@ad-protocols/ndr';
import { NAMES_MAX } from './crack-names-request.ts';

/** What became of one name, as it is on the wire. @see [MS-DRSR] DS_NAME_RESULT_ITEMW (4.1.4.1.4) */
export interface CrackedItem {
  /** DS_NAME_ERROR. */
  readonly status: number;
  /** DNS name of the domain of the object. */
  readonly domain?: string;
  /** The name in the format that was wanted. */
  readonly name?: string;
}

/** Results of IDL_DRSCrackNames. @see [MS-DRSR] DRS_MSG_CRACKREPLY_V1 (4.1.4.1.7) */
export interface CrackNamesReply {
  /** One for each name; for a list as many as there are. */
  readonly items: readonly CrackedItem[];
  /** Windows error code of the call. */
  readonly status: number;
}

/** Bytes of an item at the least: status (4) ‖ two pointers. */
const ITEM_SIZE = 12;
/** A list may be longer than what was asked: every server of every site. */
const ITEMS_MAX = 100 * NAMES_MAX;

function readItems(reader: NdrReader): CrackedItem[] {
  reader.startOfStructure(4, 8);
  const count = reader.u32();
  const hasItems = reader.pointer();
  reader.sameCount(count, hasItems ? reader.maxCount(ITEM_SIZE, ITEMS_MAX) : 0);
  const heads: { status: number; hasDomain: boolean; hasName: boolean }[] = [];
  for (let index = 0; index < count; index += 1) {
    reader.startOfStructure(4, 8);
    heads.push({ status: reader.u32(), hasDomain: reader.pointer(), hasName: reader.pointer() });
  }
  return heads.map(({ status, hasDomain, hasName }) => ({
    status,
    ...(hasDomain ? { domain: reader.wideString() } : {}),
    ...(hasName ? { name: reader.wideString() } : {}),
  }));
}

/**
 * Reads: version (4) ‖ version (4) ‖ pointer; count (4) ‖ pointer; maximum count ‖ count × { status (4) ‖ pointer ‖ pointer },
 * then for each item domain and name; and the status (4) of the call.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 */
export function decodeCrackNamesReply(stub: Uint8Array, syntax: TransferSyntax = 'ndr'): CrackNamesReply {
  const reader = new NdrReader(stub, 'DRS_MSG_CRACKREPLY', syntax);
  const version = reader.u32();
  reader.startOfStructure(4, 8);
  if (reader.sameCount(reader.u32(), version) !== 1) throw reader.malformed(`a reply of version ${version}`);
  const items = reader.pointer() ? readItems(reader) : [];
  const status = reader.u32();
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the status`);
  return { items, status };
}

/** Writes what {@link decodeCrackNamesReply} reads, as a server does. */
export function encodeCrackNamesReply({ items, status }: CrackNamesReply, syntax: TransferSyntax = 'ndr'): Uint8Array {
  const writer = new NdrWriter(syntax).u32(1).startOfStructure(4, 8).u32(1).pointer(true);
  writer
    .startOfStructure(4, 8)
    .u32(items.length)
    .pointer(items.length > 0);
  if (items.length > 0) writer.maxCount(items.length);
  for (const item of items) {
    writer.startOfStructure(4, 8).u32(item.status);
    writer.pointer(item.domain !== undefined).pointer(item.name !== undefined);
  }
  for (const { domain, name } of items) {
    if (domain !== undefined) writer.wideString(domain);
    if (name !== undefined) writer.wideString(name);
  }
  return writer.u32(status).finish();
}
