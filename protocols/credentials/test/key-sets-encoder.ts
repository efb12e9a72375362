import type { KerberosKeySets, StoredKerberosKey } from '@ad-protocols/credentials';

/** How a domain controller lays a value out. */
export interface KeySetsLayout {
  readonly revision: 3 | 4;
  /** Zero bytes between entries and salt. */
  readonly padding: number;
  /** Zero bytes at the end. */
  readonly tail?: number;
  readonly defaultIterationCount?: number;
}

/** The bytes of `Primary:Kerberos` or `Primary:Kerberos-Newer-Keys` as Windows lays them out, for tests. */
export function encodeKeySets(sets: KerberosKeySets, layout: KeySetsLayout): Uint8Array {
  const newer = layout.revision === 4;
  const groups = newer ? [sets.current, sets.service, sets.old, sets.older] : [sets.current, sets.old];
  const keys = groups.flat();
  const salt = Buffer.from(sets.salt, 'utf16le');
  const saltOffset = (newer ? 24 : 16) + keys.length * (newer ? 24 : 20) + layout.padding;
  const head = [
    u16(layout.revision, 0, ...groups.map((group) => group.length), salt.length, salt.length),
    u32(saltOffset, ...(newer ? [layout.defaultIterationCount ?? 0] : [])),
  ];
  let offset = saltOffset + salt.length;
  const entries = keys.map(({ keyType, iterationCount, key }: StoredKerberosKey) => {
    const entry = u32(0, 0, ...(newer ? [iterationCount ?? 0] : []), keyType >>> 0, key.length, offset);
    offset += key.length;
    return entry;
  });
  const end = [Buffer.alloc(layout.padding), salt, ...keys.map(({ key }) => key), Buffer.alloc(layout.tail ?? 0)];
  return new Uint8Array(Buffer.concat([...head, ...entries, ...end]));
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
}
