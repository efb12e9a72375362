import { NdrReader, NdrWriter, type TransferSyntax } from '@ad-protocols/ndr';
import { nilGuid } from '@ad-protocols/wire';
import type { DomainControllerInfo, DomainControllerInfo3, InfoLevel } from './domain-controller.ts';

/** Results of IDL_DRSDomainControllerInfo. @see [MS-DRSR] DRS_MSG_DCINFOREPLY (4.1.5.1.3) */
export interface DomainControllerInfoReply<Level extends InfoLevel = InfoLevel> {
  readonly level: Level;
  readonly items: readonly DomainControllerInfo[Level][];
  /** Windows error code of the call. */
  readonly status: number;
}

type FieldOf<Type> = {
  [Key in keyof DomainControllerInfo3]: DomainControllerInfo3[Key] extends Type ? Key : never;
}[keyof DomainControllerInfo3];

/** The fields of a level in the order of the wire: names, then truth values (4), then GUIDs (16). */
interface Layout {
  readonly names: readonly Exclude<FieldOf<string | undefined>, FieldOf<string>>[];
  readonly flags: readonly FieldOf<boolean>[];
  readonly guids: readonly FieldOf<string>[];
}

const names2 = ['netbiosName', 'dnsHostName', 'siteName', 'siteDn', 'computerDn', 'serverDn', 'dsaDn'] as const;
const guids2 = ['siteGuid', 'computerGuid', 'serverGuid', 'dsaGuid'] as const;
const layouts: Readonly<Record<InfoLevel, Layout>> = {
  1: {
    names: ['netbiosName', 'dnsHostName', 'siteName', 'computerDn', 'serverDn'],
    flags: ['isPdc', 'isEnabled'],
    guids: [],
  },
  2: { names: names2, flags: ['isPdc', 'isEnabled', 'isGlobalCatalog'], guids: guids2 },
  3: { names: names2, flags: ['isPdc', 'isEnabled', 'isGlobalCatalog', 'isReadOnly'], guids: guids2 },
};

/** `range` of cItems. */
const ITEMS_MAX = 10_000;

function readLevel(reader: NdrReader): InfoLevel {
  const version = reader.u32();
  reader.startOfStructure(4, 8);
  reader.sameCount(reader.u32(), version);
  if (version !== 1 && version !== 2 && version !== 3) throw reader.malformed(`a reply of version ${version}`);
  return version;
}

/** What the fixed part of an item holds, as the entries of the object that it becomes. */
interface ItemHead {
  readonly hasName: readonly boolean[];
  readonly rest: readonly (readonly [field: string, value: boolean | string])[];
}

function readHead(reader: NdrReader, { names, flags, guids }: Layout): ItemHead {
  reader.startOfStructure(4, 8);
  const hasName = names.map(() => reader.pointer());
  const values = flags.map((field) => [field, reader.u32() !== 0] as const);
  const head = { hasName, rest: [...values, ...guids.map((field) => [field, reader.guid()] as const)] };
  reader.endOfStructure(8);
  return head;
}

function readItems(reader: NdrReader, layout: Layout, count: number): DomainControllerInfo[InfoLevel][] {
  const { names, flags, guids } = layout;
  reader.sameCount(count, reader.maxCount((names.length + flags.length) * 4 + guids.length * 16, ITEMS_MAX));
  const heads = Array.from({ length: count }, () => readHead(reader, layout));
  return heads.map(({ hasName, rest }) => {
    const texts = names.map(
      (field, index) => [field, hasName[index] === true ? reader.wideString() : undefined] as const,
    );
    return Object.fromEntries<unknown>([...texts, ...rest]) as unknown as DomainControllerInfo[InfoLevel];
  });
}

/**
 * Reads: level (4) ‖ level (4) ‖ count (4) ‖ pointer; maximum count ‖ count × { pointers to names ‖ truth values (4) ‖
 * GUIDs (16) }, then the names of each item; and the status (4) of the call.
 *
 * @throws {TruncatedError} ERR_WIRE_TRUNCATED
 * @throws {MalformedError} ERR_WIRE_MALFORMED
 * @see [MS-DRSR] DRS_MSG_DCINFOREPLY_V1 (4.1.5.1.4), V2 (4.1.5.1.5), V3 (4.1.5.1.6)
 */
export function decodeDomainControllerInfoReply(
  stub: Uint8Array,
  syntax: TransferSyntax = 'ndr',
): DomainControllerInfoReply {
  const reader = new NdrReader(stub, 'DRS_MSG_DCINFOREPLY', syntax);
  const level = readLevel(reader);
  reader.startOfStructure(4, 8);
  const count = reader.u32();
  const hasItems = reader.pointer();
  if (!hasItems) reader.sameCount(count, 0);
  const items = hasItems ? readItems(reader, layouts[level], count) : [];
  const status = reader.u32();
  if (reader.remaining > 0) throw reader.malformed(`${reader.remaining} bytes after the status`);
  return { level, items, status };
}

/** Writes what {@link decodeDomainControllerInfoReply} reads, as a server does. */
export function encodeDomainControllerInfoReply(
  { level, items, status }: DomainControllerInfoReply,
  syntax: TransferSyntax = 'ndr',
): Uint8Array {
  const { names, flags, guids } = layouts[level];
  const writer = new NdrWriter(syntax).u32(level).startOfStructure(4, 8).u32(level).startOfStructure(4, 8);
  writer.u32(items.length).pointer(items.length > 0);
  if (items.length > 0) writer.maxCount(items.length);
  const details = items as readonly Partial<DomainControllerInfo3>[];
  for (const item of details) {
    writer.startOfStructure(4, 8);
    for (const field of names) writer.pointer(item[field] !== undefined);
    for (const field of flags) writer.u32(item[field] === true ? 1 : 0);
    for (const field of guids) writer.guid(item[field] ?? nilGuid);
    writer.endOfStructure(8);
  }
  for (const item of details) {
    for (const field of names) {
      const text = item[field];
      if (text !== undefined) writer.wideString(text);
    }
  }
  return writer.u32(status).finish();
}
