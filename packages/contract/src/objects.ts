import { z } from 'zod';
import {
  anchorSchema,
  batchEntriesMax,
  batchMembersMax,
  cursorSchema,
  groupSchema,
  objectIdSchema,
  sequenceSchema,
  sourceIdSchema,
  spanFields,
  userSchema,
} from './values.ts';

export const objectTypes = ['user', 'group'] as const;
export type ObjectType = (typeof objectTypes)[number];

const identity = { anchor: anchorSchema, source: sourceIdSchema };

/**
 * What an engine exports to the tenant. Applied in this order: deletions, users, groups, members; so a name that a deletion
 * frees can be taken in the same batch. An object is named once among deletions, users and groups, and once among members.
 */
export const objectBatchSchema = z
  .strictObject({
    ...spanFields,
    /** `source` names the connector whose forest gave the anchor. */
    users: z.array(z.strictObject({ ...identity, user: userSchema })),
    groups: z.array(z.strictObject({ ...identity, group: groupSchema })),
    /** Differences of groups' direct members, first `remove`, then `add`; a member may come later than its membership. */
    members: z.array(
      z.strictObject({ group: anchorSchema, add: z.array(anchorSchema), remove: z.array(anchorSchema) }),
    ),
    deletions: z.array(z.strictObject({ anchor: anchorSchema, type: z.enum(objectTypes) })),
  })
  .refine(
    ({ users, groups, members, deletions }) =>
      users.length + groups.length + members.length + deletions.length <= batchEntriesMax,
    `expected at most ${batchEntriesMax} users, groups, members and deletions together`,
  )
  .refine(
    ({ members }) => members.reduce((sum, { add, remove }) => sum + add.length + remove.length, 0) <= batchMembersMax,
    `expected at most ${batchMembersMax} members to add and remove together`,
  )
  .refine(
    ({ users, groups, members, deletions }) =>
      areUnique([...users, ...groups, ...deletions].map(({ anchor }) => anchor)) &&
      areUnique(members.map(({ group }) => group)),
    'expected each object once among users, groups and deletions, and once among members',
  );
export type ObjectBatch = z.output<typeof objectBatchSchema>;

function areUnique(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

/** Why one object of a batch was refused. The names are those that administrators know from Azure AD Connect. */
export const objectRefusals = [
  /** The anchor is that of a cloud-only user, and BlockCloudObjectTakeoverThroughHardMatch is on. */
  'InvalidHardMatch',
  /** The primary SMTP address or user principal name is that of a user whom this one must not become. */
  'InvalidSoftMatch',
  /** The anchor is that of an object of the other type. */
  'ObjectTypeMismatch',
  /** Another user of the tenant has this user principal name. */
  'AttributeValueMustBeUnique',
  /** The object would be matched to an administrator of the tenant. */
  'ExistingAdminRoleConflict',
  /** An engine deletes no object that it did not make. */
  'DeletingCloudOnlyObjectNotAllowed',
  /** The group of these members is not in the tenant. */
  'GroupNotFound',
] as const;
export type ObjectRefusalCode = (typeof objectRefusals)[number];

/** Entries of the batch by what became of them; accepted, unchanged and refused together are all of them. */
export const objectReceiptSchema = z.object({
  accepted: z.int().min(0),
  unchanged: z.int().min(0),
  /** These were left out; the batch is accepted all the same. For members, `anchor` is the group's. */
  refused: z.array(z.object({ anchor: anchorSchema, code: z.enum(objectRefusals), message: z.string() })),
});
export type ObjectReceipt = z.output<typeof objectReceiptSchema>;
export type ObjectRefusal = ObjectReceipt['refused'][number];

export const objectsQuerySchema = z.strictObject({
  /** The `next` of the page before; 0 reads everything. */
  after: z.coerce.number().pipe(sequenceSchema).default(0),
  limit: z.coerce.number().int().min(1).max(batchEntriesMax).default(1_000),
});
export type ObjectsQuery = z.output<typeof objectsQuerySchema>;

const tenantObject = {
  /** The object's last change; those of its credential do not count. */
  sequence: sequenceSchema,
  anchor: anchorSchema,
  objectId: objectIdSchema,
  /** The connector whose forest gave the anchor; null for a cloud-only object. */
  source: sourceIdSchema.nullable(),
  cloudOnly: z.boolean(),
  /** True for an object in the recycle bin, with the attributes it had. */
  deleted: z.boolean(),
};

/** An object as the tenant has it. */
export const tenantObjectSchema = z.discriminatedUnion('type', [
  z.object({ ...tenantObject, type: z.literal('user'), administrator: z.boolean(), user: userSchema.strip() }),
  z.object({
    ...tenantObject,
    type: z.literal('group'),
    group: groupSchema.strip(),
    memberCount: z.int().min(0),
    /** 32 hexadecimal digits: `toggleMember` of the model package over all member anchors. */
    memberDigest: z.string().regex(/^[0-9a-f]{32}$/),
  }),
]);
export type TenantObject = z.output<typeof tenantObjectSchema>;

/** Objects in the order of their sequences. A deleted one is among them for 30 days at least. */
export const objectsResponseSchema = z.object({
  objects: z.array(tenantObjectSchema),
  next: sequenceSchema,
  /** True when objects after `next` are there already. */
  more: z.boolean(),
  /** The cursor to go on from; null when a full synchronization is due. */
  objectCursor: cursorSchema.nullable(),
  /** Synchronized objects that are not deleted: those that an engine has to know. */
  total: z.object({ users: z.int().min(0), groups: z.int().min(0) }),
});
export type ObjectsResponse = z.output<typeof objectsResponseSchema>;

export const membersQuerySchema = z.strictObject({
  /** The last member of the page before; without it, from the first. */
  after: anchorSchema.optional(),
  limit: z.coerce.number().int().min(1).max(batchMembersMax).default(10_000),
});
export type MembersQuery = Partial<z.output<typeof membersQuerySchema>>;

export const membersResponseSchema = z.object({
  /** Anchors of direct members in ascending order, also of those whose object has not come yet. */
  members: z.array(anchorSchema),
  /** True when there are members after the last of these. */
  more: z.boolean(),
});
export type MembersResponse = z.output<typeof membersResponseSchema>;
