import type { NdrReader, NdrWriter } from '@ad-protocols/ndr';
import type { Guid } from '@ad-protocols/wire';
import { readAttributeBlock, writeAttributeBlock, type WireAttribute } from './attribute-block.ts';
import { readDsName, writeDsName, type DsName } from './dsname.ts';
import { readMetadataVector, writeMetadataVector, type AttributeMetadata } from './property-metadata.ts';

/** One object of a reply with the attributes that are sent. @see [MS-DRSR] REPLENTINFLIST (5.162), ENTINF (5.53) */
export interface WireEntry {
  readonly name: DsName;
  readonly attributes: readonly WireAttribute[];
  /** One for each of `attributes`, in the same order. */
  readonly metadata: readonly AttributeMetadata[];
  /** ENTINF_FROM_MASTER (1): from a full replica; ENTINF_DYNAMIC_OBJECT (2). */
  readonly flags: number;
  /** Whether it is the root of a naming context. */
  readonly isNamingContextRoot: boolean;
  /** objectGUID of the parent, when the server said it. */
  readonly parent?: Guid;
}

/** The part of an entry that precedes its referents: nine numbers and pointers. */
interface EntryHead extends Pick<WireEntry, 'flags' | 'isNamingContextRoot'> {
  readonly hasName: boolean;
  readonly attributeCount: number;
  readonly hasAttributes: boolean;
  readonly hasParent: boolean;
  readonly hasMetadata: boolean;
}

function readHeads(reader: NdrReader): EntryHead[] {
  const heads: EntryHead[] = [];
  let more = true;
  while (more) {
    more = reader.pointer();
    const hasName = reader.pointer();
    const flags = reader.u32();
    reader.startOfStructure(4, 8); // ATTRBLOCK
    const attributeCount = reader.u32();
    const hasAttributes = reader.pointer();
    const isNamingContextRoot = reader.u32() !== 0;
    const [hasParent, hasMetadata] = [reader.pointer(), reader.pointer()];
    heads.push({ hasName, flags, attributeCount, hasAttributes, isNamingContextRoot, hasParent, hasMetadata });
  }
  return heads;
}

function readReferents(reader: NdrReader, head: EntryHead): WireEntry {
  if (!head.hasName) throw reader.malformed('an object without a name');
  const name = readDsName(reader);
  const attributes = head.hasAttributes ? readAttributeBlock(reader, head.attributeCount) : [];
  reader.sameCount(head.attributeCount, attributes.length);
  const parent = head.hasParent ? reader.guid() : undefined;
  const metadata = head.hasMetadata ? readMetadataVector(reader) : [];
  reader.sameCount(metadata.length, attributes.length);
  const { flags, isNamingContextRoot } = head;
  return { name, attributes, metadata, flags, isNamingContextRoot, ...(parent === undefined ? {} : { parent }) };
}

/**
 * Reads the referent of a reply's pointer to its list of objects.
 *
 * The pointer to the next entry is the first field of each, and what a pointer leads to comes in the order of the pointers.
 * So the heads of all entries come first, one after the other, and then what they point to, from the last entry
 * to the first. Read that way, a list of any length takes no depth of stack.
 *
 * @returns the entries in the order of the list.
 */
export function readEntryList(reader: NdrReader): WireEntry[] {
  const entries: WireEntry[] = [];
  for (const head of readHeads(reader).reverse()) entries.push(readReferents(reader, head));
  return entries.reverse();
}

/** Writes what {@link readEntryList} reads; at least one entry. */
export function writeEntryList(writer: NdrWriter, entries: readonly WireEntry[]): void {
  entries.forEach((entry, index) => {
    writer
      .pointer(index + 1 < entries.length)
      .pointer(true)
      .u32(entry.flags);
    writer
      .startOfStructure(4, 8)
      .u32(entry.attributes.length)
      .pointer(entry.attributes.length > 0);
    writer
      .u32(entry.isNamingContextRoot ? 1 : 0)
      .pointer(entry.parent !== undefined)
      .pointer(true);
  });
  for (const { name, attributes, parent, metadata } of entries.toReversed()) {
    writeDsName(writer, name);
    if (attributes.length > 0) writeAttributeBlock(writer, attributes);
    if (parent !== undefined) writer.guid(parent);
    writeMetadataVector(writer, metadata);
  }
}
