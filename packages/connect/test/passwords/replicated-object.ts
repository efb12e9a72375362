import type { AttributeName, ReplicatedObject } from '@ad-protocols/drsr';
import { encodeUtf16, parseGuid, Writer, type Guid, type Sid } from '@ad-protocols/wire';

export const dsa: Guid = parseGuid('60744ccf-605a-4e92-b405-6181c914209f');
export const guid: Guid = parseGuid('ba1cf274-2a8b-4ae1-a65a-cd798ec81c98');
export const changedAt = new Date('2026-11-22T18:52:35Z');

/** Attributes by name, as numbers, text or bytes; null for an attribute that was cleared. */
export type Attributes = Partial<Record<AttributeName, number | bigint | string | Uint8Array | null>>;

export const userAttributes = {
  unicodePwd: new Uint8Array(16).fill(7),
  supplementalCredentials: new Uint8Array(0),
  pwdLastSet: 134398471554387180n,
  userAccountControl: 0x200,
  sAMAccountName: 'alice',
} satisfies Attributes;

/** An object as replication gives it. */
export function replicatedObject(
  attributes: Attributes,
  about: { dn?: string; rid?: number; isDeleted?: boolean; version?: number } = {},
): ReplicatedObject {
  const { dn = 'CN=Alice,OU=Staff,DC=corp,DC=contoso,DC=test', rid = 1105, isDeleted = false, version = 3 } = about;
  const entries = Object.entries(attributes).map(([name, value]) => [
    name,
    {
      values: value === null ? [] : [encode(value)],
      metadata: { version, changedAt, originatingDsa: dsa, originatingUsn: 4038n },
    },
  ]);
  return {
    guid,
    sid: `S-1-5-21-1-2-3-${rid}` as Sid,
    dn,
    isDeleted,
    attributes: new Map(entries as [AttributeName, never][]),
  };
}

function encode(value: number | bigint | string | Uint8Array): Uint8Array {
  if (typeof value === 'number') return new Writer(4).u32(value).finish();
  if (typeof value === 'bigint') return new Writer(8).i64(value).finish();
  return typeof value === 'string' ? encodeUtf16(value) : value;
}
