import { INHERIT_ONLY } from './access-control-list.ts';
import type { Guid } from './guid.ts';
import type { SecurityDescriptor } from './security-descriptor.ts';
import type { Sid } from './sid.ts';

/** Rights over a naming context that its replication takes. @see [MS-ADTS] Control Access Rights (5.1.3.2.1) */
export const replicationRights = {
  /** DS-Replication-Get-Changes */
  getChanges: '1131f6aa-9c07-11d1-f79f-00c04fc2dcd2' as Guid,
  /** DS-Replication-Get-Changes-All: secrets too. */
  getChangesAll: '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2' as Guid,
  /** DS-Replication-Get-Changes-In-Filtered-Set: attributes that read-only domain controllers do not get. */
  getChangesInFilteredSet: '89e95b76-444d-4c62-991a-0facbeda640c' as Guid,
} as const;

/** @see [MS-ADTS] ACCESS_MASK (5.1.3.2) */
const RIGHT_DS_CONTROL_ACCESS = 0x0000_0100;
const GENERIC_ALL = 0x1000_0000;

/**
 * Which of these control access rights somebody has on an object.
 *
 * The first entry that fits decides about a right: one for this object, for one of the SIDs, with the bit for control access, and for
 * this right or for all. No list at all grants everything, an empty one nothing. An entry with a condition is not
 * counted on: it never grants, and it denies.
 *
 * @param sids The account with all its groups, and those that everybody has: `S-1-1-0`, `S-1-5-11`.
 * @see [MS-ADTS] Checking Control Access Right-Based Access (5.1.3.3.4)
 */
export function grantedControlAccessRights(
  descriptor: Pick<SecurityDescriptor, 'dacl'>,
  sids: ReadonlySet<Sid>,
  rights: readonly Guid[],
): Set<Guid> {
  return new Set(rights.filter((right) => isGranted(descriptor, sids, right)));
}

function isGranted({ dacl }: Pick<SecurityDescriptor, 'dacl'>, sids: ReadonlySet<Sid>, right: Guid): boolean {
  if (dacl === undefined) return true;
  for (const entry of dacl) {
    if (entry.kind === 'other' || (entry.flags & INHERIT_ONLY) !== 0 || !sids.has(entry.sid)) continue;
    if ((entry.mask & (RIGHT_DS_CONTROL_ACCESS | GENERIC_ALL)) === 0) continue;
    if (entry.objectType !== undefined && entry.objectType !== right) continue;
    if (entry.kind === 'denied') return false;
    if (!entry.conditional) return true;
  }
  return false;
}
