import { encodeGuid, encodeSid, type Guid, type Sid } from '@ad-protocols/wire';

/** An entry to be put into a list. */
export interface TestEntry {
  readonly type: number;
  readonly flags?: number;
  readonly mask: number;
  readonly sid: Sid;
  readonly objectType?: Guid | undefined;
  readonly inheritedObjectType?: Guid | undefined;
}

/** Types of entry that name a part of the object. */
const objectTypes: ReadonlySet<number> = new Set([5, 6, 7, 0x0b, 0x0c]);

function encodeEntry({ type, flags = 0, mask, sid, objectType, inheritedObjectType }: TestEntry): Buffer {
  const guids = [objectType, inheritedObjectType].flatMap((guid) => (guid ? [Buffer.from(encodeGuid(guid))] : []));
  const head = Buffer.alloc(objectTypes.has(type) ? 12 : 8);
  head.writeUInt8(type, 0);
  head.writeUInt8(flags, 1);
  head.writeUInt32LE(mask, 4);
  if (objectTypes.has(type)) head.writeUInt32LE((objectType ? 1 : 0) | (inheritedObjectType ? 2 : 0), 8);
  const entry = Buffer.concat([head, ...guids, encodeSid(sid)]);
  entry.writeUInt16LE(entry.length, 2);
  return entry;
}

/** The bytes of a list. @see [MS-DTYP] ACL (2.4.5) */
export function encodeAcl(entries: readonly TestEntry[]): Buffer {
  const bodies = entries.map(encodeEntry);
  const acl = Buffer.concat([Buffer.alloc(8), ...bodies]);
  acl.writeUInt8(4, 0);
  acl.writeUInt16LE(acl.length, 2);
  acl.writeUInt16LE(entries.length, 4);
  return acl;
}

/** The bytes of a descriptor. @see [MS-DTYP] SECURITY_DESCRIPTOR (2.4.6) */
export function encodeSecurityDescriptor(source: {
  owner?: Sid;
  group?: Sid;
  dacl?: readonly TestEntry[];
  control: number;
}): Uint8Array {
  const parts: Buffer[] = [Buffer.alloc(20)];
  let offset = 20;
  const place = (part: Buffer | undefined): number => {
    if (!part) return 0;
    parts.push(part);
    offset += part.length;
    return offset - part.length;
  };
  const offsets = [
    place(source.owner && Buffer.from(encodeSid(source.owner))),
    place(source.group && Buffer.from(encodeSid(source.group))),
    0,
    place(source.dacl && encodeAcl(source.dacl)),
  ];
  const bytes = Buffer.concat(parts);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt16LE(source.control, 2);
  offsets.forEach((value, index) => bytes.writeUInt32LE(value, 4 + index * 4));
  return new Uint8Array(bytes);
}
