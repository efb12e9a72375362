import { z } from 'zod';
import {
  anchorSchema,
  batchEntriesMax,
  credentialVersionSchema,
  cursorSchema,
  keyIdSchema,
  sealedBytesSchema,
  userSchema,
} from './values.ts';

/** The cursor that the batch starts at (null starts a full synchronization) and the one it leads to. */
const span = { from: cursorSchema.nullable(), to: cursorSchema };

export const objectBatchSchema = z.strictObject({
  ...span,
  users: z.array(z.strictObject({ anchor: anchorSchema, user: userSchema })).max(batchEntriesMax),
});
export type ObjectBatch = z.output<typeof objectBatchSchema>;

export const objectReceiptSchema = z.object({ accepted: z.int().min(0), unchanged: z.int().min(0) });
export type ObjectReceipt = z.output<typeof objectReceiptSchema>;

export const credentialBatchSchema = z.strictObject({
  ...span,
  /** The key that all of the batch is sealed to. */
  keyId: keyIdSchema,
  credentials: z
    .array(z.strictObject({ anchor: anchorSchema, version: credentialVersionSchema, sealed: sealedBytesSchema }))
    .max(batchEntriesMax),
});
export type CredentialBatch = z.output<typeof credentialBatchSchema>;

export const credentialReceiptSchema = z.object({
  accepted: z.int().min(0),
  /** The directory had the same version, sealed to the same key. */
  unchanged: z.int().min(0),
  /** The directory had a newer version and kept it. */
  superseded: z.int().min(0),
});
export type CredentialReceipt = z.output<typeof credentialReceiptSchema>;
