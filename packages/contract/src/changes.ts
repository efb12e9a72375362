import { outcomeStatuses } from '@causeway/model';
import { z } from 'zod';
import {
  anchorSchema,
  batchEntriesMax,
  credentialVersionSchema,
  sealedBytesSchema,
  sequenceSchema,
  sourceIdSchema,
  timeSchema,
  userSchema,
  waitMsMax,
} from './values.ts';

export const changesQuerySchema = z.strictObject({
  /** The `next` of the page before; 0 reads everything. */
  after: z.coerce.number().pipe(sequenceSchema).default(0),
  limit: z.coerce.number().int().min(1).max(batchEntriesMax).default(1_000),
  /** How long to wait for a change when there is none, in milliseconds. */
  waitMs: z.coerce.number().int().min(0).max(waitMsMax).default(0),
});
export type ChangesQuery = z.output<typeof changesQuerySchema>;

/** A user as of now: the feed has one entry a user, at its last change. */
export const changeSchema = z.object({
  sequence: sequenceSchema,
  anchor: anchorSchema,
  /** The anchor that the user had before it was matched to one of a source; null when it always had this one. */
  previousAnchor: anchorSchema.nullable(),
  /** Null for a cloud-only user. */
  source: sourceIdSchema.nullable(),
  /** True for a user in the recycle bin, with the attributes it had. */
  deleted: z.boolean(),
  user: userSchema.strip().nullable(),
  credential: z
    .object({
      version: credentialVersionSchema.strip(),
      sealed: sealedBytesSchema,
      /** True for a temporary password: the user has to choose another at the next sign-in. */
      mustChangePassword: z.boolean(),
    })
    .nullable(),
});
export type Change = z.output<typeof changeSchema>;

export const changesResponseSchema = z.object({
  changes: z.array(changeSchema),
  next: sequenceSchema,
  /** True when changes after `next` are there already. */
  more: z.boolean(),
});
export type ChangesResponse = z.output<typeof changesResponseSchema>;

export const outcomeSchema = z.strictObject({
  anchor: anchorSchema,
  /** The change that was dealt with. */
  sequence: sequenceSchema.min(1),
  status: z.enum(outcomeStatuses),
  /** The version now in the managed domain; null when it has none. */
  version: credentialVersionSchema.nullable(),
  reason: z.string().max(1_024).nullable(),
  at: timeSchema,
});
export type Outcome = z.output<typeof outcomeSchema>;

export const outcomesRequestSchema = z.strictObject({ outcomes: z.array(outcomeSchema).max(batchEntriesMax) });

export const outcomesResponseSchema = z.object({
  accepted: z.int().min(0),
  /** Outcomes of older changes than the one already reported, or of users that the tenant does not have. */
  ignored: z.int().min(0),
});
export type OutcomesResponse = z.output<typeof outcomesResponseSchema>;
