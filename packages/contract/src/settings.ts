import { z } from 'zod';

/** Largest deletion threshold, and longest cycle in seconds: seven days. */
const deletionThresholdMax = 1_000_000;
const syncIntervalSecondsMax = 604_800;

/** Tenant features by Microsoft's names. */
export const featuresSchema = z.strictObject({
  /** Credentials are taken at all. */
  PasswordHashSync: z.boolean(),
  /** Temporary passwords are taken, and have to be changed at the next sign-in. */
  ForcePasswordChangeOnLogOn: z.boolean(),
  /** Passwords of synchronized users expire in the tenant. */
  EnforceCloudPasswordPolicyForPasswordSyncedUsers: z.boolean(),
  /** A user may be matched by user principal name. It cannot be turned off again. */
  EnableSoftMatchOnUpn: z.boolean(),
  /** No user is matched by primary SMTP address or user principal name. */
  BlockSoftMatch: z.boolean(),
  /** No cloud-only user is taken over by its anchor. */
  BlockCloudObjectTakeoverThroughHardMatch: z.boolean(),
});
export type TenantFeatures = z.output<typeof featuresSchema>;

export const tenantSettingsSchema = z.strictObject({
  features: featuresSchema,
  /** An export that would delete more objects than `value` stops before it. */
  deletionThreshold: z.strictObject({ enabled: z.boolean(), value: z.int().min(1).max(deletionThresholdMax) }),
  /** Seconds from one object synchronization to the next; null leaves it to the engine. */
  syncIntervalSeconds: z.int().min(1).max(syncIntervalSecondsMax).nullable(),
});
export type TenantSettings = z.output<typeof tenantSettingsSchema>;

/** The settings of a tenant that nobody has changed. */
export const defaultTenantSettings: TenantSettings = {
  features: {
    PasswordHashSync: true,
    ForcePasswordChangeOnLogOn: false,
    EnforceCloudPasswordPolicyForPasswordSyncedUsers: false,
    EnableSoftMatchOnUpn: true,
    BlockSoftMatch: false,
    BlockCloudObjectTakeoverThroughHardMatch: false,
  },
  deletionThreshold: { enabled: true, value: 500 },
  syncIntervalSeconds: null,
};
