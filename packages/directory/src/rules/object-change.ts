import type { ObjectType } from '@causeway/contract';
import type { Refusal } from './refusal.ts';
import type { KnownObject } from './user-match.ts';

/**
 * What an exported group does to the object with its anchor. A deleted group does not come back: another one, with another
 * object id and no members, takes its place.
 */
export function decideGroup(byAnchor: KnownObject | undefined): 'create' | 'update' | Refusal {
  if (byAnchor === undefined) return 'create';
  if (byAnchor.type === 'user') return { refusal: 'ObjectTypeMismatch' };
  return byAnchor.deleted ? 'create' : 'update';
}

/** What an exported deletion does to the object with its anchor; one that is not there is deleted already. */
export function decideDeletion(byAnchor: KnownObject | undefined, type: ObjectType): 'delete' | 'unchanged' | Refusal {
  if (byAnchor === undefined) return 'unchanged';
  if (byAnchor.type !== type) return { refusal: 'ObjectTypeMismatch' };
  if (byAnchor.cloudOnly) return { refusal: 'DeletingCloudOnlyObjectNotAllowed' };
  return byAnchor.deleted ? 'unchanged' : 'delete';
}

/** Whether an object can be given members. */
export function decideMembers(byAnchor: KnownObject | undefined): 'change' | Refusal {
  if (byAnchor?.type === 'user') return { refusal: 'ObjectTypeMismatch' };
  return byAnchor === undefined || byAnchor.deleted ? { refusal: 'GroupNotFound' } : 'change';
}
