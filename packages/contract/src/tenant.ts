import { z } from 'zod';
import { cursorSchema, keyIdSchema, publicKeySchema, tenantIdSchema, timeSchema } from './values.ts';

export const healthResponseSchema = z.object({ status: z.literal('ok') });
export type HealthResponse = z.output<typeof healthResponseSchema>;

/** The tenant's public key, to which connect seals; null until the managed domain has registered one. */
export const tenantResponseSchema = z.object({
  tenant: tenantIdSchema,
  keyId: keyIdSchema.nullable(),
  publicKey: publicKeySchema.nullable(),
});
export type TenantResponse = z.output<typeof tenantResponseSchema>;

export const keyRequestSchema = z.strictObject({
  publicKey: publicKeySchema,
  keyId: keyIdSchema,
  /** The registered key that this one takes the place of; without it, another registered key is a conflict. */
  replaces: keyIdSchema.optional(),
});
export type KeyRequest = z.output<typeof keyRequestSchema>;

export const keyResponseSchema = z.object({
  keyId: keyIdSchema,
  /** True when the key was registered by this request, false when it already was. */
  changed: z.boolean(),
  registeredAt: timeSchema,
});
export type KeyResponse = z.output<typeof keyResponseSchema>;

/** How far the credentials of a source have been accepted; null when a full synchronization is due. */
export const sourceResponseSchema = z.object({
  credentialCursor: cursorSchema.nullable(),
});
export type SourceResponse = z.output<typeof sourceResponseSchema>;
