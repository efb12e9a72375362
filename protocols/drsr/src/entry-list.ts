import type { NdrReader } from '@ad-protocols/ndr';
import { readAttributeBlock, type WireAttribute } from './attribute-block.ts';
import { readDsName, type DsName } from './dsname.ts';
import { readMetadataVector, type AttributeMetadata } from './property-metadata.ts';

/** One object of a reply with the attributes that are sent. @see [MS-DRSR] REPLENTINFLIST (5.162), ENTINF (5.53) */
export interface WireEntry {
  readonly name: DsName;
  readonly attributes: readonly WireAttribute[];
  /** One for each of `attributes`, in the same order. */
  readonly metadata: readonly AttributeMetadata[];
}

/** The part of an entry that precedes its referents: nine fields of 4 bytes. */
interface EntryHead {
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
    reader.u32(); // ulFlags: whether the replica is a full one
    const attributeCount = reader.u32();
    const hasAttributes = reader.pointer();
    reader.u32(); // fIsNCPrefix: whether this is the root of the naming context
    heads.push({ hasName, attributeCount, hasAttributes, hasParent: reader.pointer(), hasMetadata: reader.pointer() });
  }
  return heads;
}

function readReferents(reader: NdrReader, head: EntryHead): WireEntry {
  if (!head.hasName) throw reader.malformed('an object without a name');
  const name = readDsName(reader);
  const attributes = head.hasAttributes ? readAttributeBlock(reader, head.attributeCount) : [];
  reader.sameCount(head.attributeCount, attributes.length);
  if (head.hasParent) reader.guid();
  const metadata = head.hasMetadata ? readMetadataVector(reader) : [];
  reader.sameCount(metadata.length, attributes.length);
  return { name, attributes, metadata };
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
