import { z } from 'zod';
import { anchorSchema, objectIdSchema, userSchema } from './values.ts';

/** A user that has no source. Its account name is the part of the user principal name before the `@`. */
export const cloudUserRequestSchema = z.strictObject({
  userPrincipalName: userSchema.shape.userPrincipalName.regex(/^[^@]+@[^@]+$/, 'expected name@domain'),
  displayName: userSchema.shape.displayName,
  mail: userSchema.shape.mail,
  /** True for an administrator of the tenant, to whom no user of a source is ever matched; false without it. */
  administrator: z.boolean().optional(),
});
export type CloudUserRequest = z.output<typeof cloudUserRequestSchema>;

export const cloudUserResponseSchema = z.object({
  objectId: objectIdSchema,
  anchor: anchorSchema,
  /** False when the user was so already. */
  changed: z.boolean(),
});
export type CloudUserResponse = z.output<typeof cloudUserResponseSchema>;
