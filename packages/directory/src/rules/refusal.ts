import type { ObjectRefusal, ObjectRefusalCode } from '@causeway/contract';
import type { KnownObject } from './user-match.ts';

/** A decision against one object of a batch; the others of the batch go on. */
export interface Refusal {
  readonly refusal: ObjectRefusalCode;
  /** The object that is in the way. */
  readonly owner?: KnownObject | undefined;
}

/** What became of one entry of a batch of objects. */
export type Ending = 'accepted' | 'unchanged' | ObjectRefusal;

const causes: Readonly<Record<ObjectRefusalCode, string>> = {
  InvalidHardMatch:
    'The anchor is that of a cloud-only user, and BlockCloudObjectTakeoverThroughHardMatch is on. Turn it off, or delete the cloud-only user.',
  InvalidSoftMatch:
    'The primary SMTP address or user principal name is that of a user who cannot become this one. Change it at one of the two, delete the other user, or turn BlockSoftMatch off.',
  ObjectTypeMismatch:
    'The anchor is that of an object of the other type. Give one of the two another anchor; a deleted object gives its anchor free after 30 days.',
  AttributeValueMustBeUnique:
    'Another user of the tenant has this user principal name. Change it at one of the two at the source.',
  ExistingAdminRoleConflict:
    'The object would become an administrator of the tenant. Take the role from that user, or change address and name.',
  DeletingCloudOnlyObjectNotAllowed:
    'The object is in the tenant only and is not deleted from a source. Delete it in the tenant.',
  GroupNotFound: 'The group of these members is not in the tenant, or is deleted. Export the group first.',
};

/** The refusal of the object with this anchor, in words for an administrator. */
export function describeRefusal({ refusal: code, owner }: Refusal, anchor: string): ObjectRefusal {
  const other = owner === undefined ? '' : ` The other object has the anchor ${owner.anchor}.`;
  return { anchor, code, message: causes[code] + other };
}
