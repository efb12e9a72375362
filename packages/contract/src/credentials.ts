import { z } from 'zod';
import {
  anchorSchema,
  batchEntriesMax,
  credentialVersionSchema,
  keyIdSchema,
  sealedBytesSchema,
  spanFields,
} from './values.ts';

/** The user has to choose another password at the next sign-in; taken only with ForcePasswordChangeOnLogOn. */
const mustChangePassword = z.literal(true).optional();

export const credentialBatchSchema = z.strictObject({
  ...spanFields,
  /** The key that all of the batch is sealed to. */
  keyId: keyIdSchema,
  credentials: z
    .array(
      z.strictObject({
        anchor: anchorSchema,
        version: credentialVersionSchema,
        sealed: sealedBytesSchema,
        mustChangePassword,
      }),
    )
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

/** Asks which of these credentials the directory does not have, so that only they are sealed and sent. */
export const missingCredentialsRequestSchema = z.strictObject({
  /** The key that they would be sealed to. */
  keyId: keyIdSchema,
  credentials: z
    .array(z.strictObject({ anchor: anchorSchema, version: credentialVersionSchema, mustChangePassword }))
    .max(batchEntriesMax),
});
export type MissingCredentialsRequest = z.output<typeof missingCredentialsRequestSchema>;

export const missingCredentialsResponseSchema = z.object({
  /** Those of which the directory has no credential, an older one, or one that is sealed to another key. */
  missing: z.array(anchorSchema),
});
export type MissingCredentialsResponse = z.output<typeof missingCredentialsResponseSchema>;
