import { z } from 'zod';
import { countSchema, policyTypeSchema, runProfileSchema, timeSchema } from './values.ts';

/** What one run of a profile came to. */
export const runSchema = z.object({
  /** Growing number of the run. */
  id: z.int(),
  connector: z.string(),
  runProfile: runProfileSchema,
  /** `success`, `completed-export-errors`, `stopped-deletion-threshold-exceeded`, `stopped-user`, `stopped-error`, `in-progress`. */
  result: z.string(),
  startedAt: timeSchema,
  endedAt: timeSchema.nullable(),
  /** Counts by name, such as `adds`, `updates`, `deletes`, `unchanged`, `joins`, `projections`, `exportAdds`. */
  counts: z.record(z.string(), countSchema),
  /** What went wrong, the first 100. */
  errors: z.array(z.object({ dn: z.string(), code: z.string(), message: z.string() })),
});
export type Run = z.output<typeof runSchema>;

export const schedulerSchema = z.object({
  /** Seconds, as are the next two. */
  allowedSyncCycleInterval: countSchema,
  currentlyEffectiveSyncCycleInterval: countSchema,
  customizedSyncCycleInterval: countSchema.nullable(),
  nextSyncCyclePolicyType: policyTypeSchema,
  nextSyncCycleStartTimeInUTC: timeSchema.nullable(),
  purgeRunHistoryInterval: countSchema,
  syncCycleEnabled: z.boolean(),
  maintenanceEnabled: z.boolean(),
  stagingModeEnabled: z.boolean(),
  schedulerSuspended: z.boolean(),
  syncCycleInProgress: z.boolean(),
});
export type Scheduler = z.output<typeof schedulerSchema>;

export const schedulerChangeSchema = z.strictObject({
  /** Below the allowed one it is kept and ignored, with a warning. */
  customizedSyncCycleInterval: countSchema.nullable().optional(),
  nextSyncCyclePolicyType: policyTypeSchema.optional(),
  purgeRunHistoryInterval: countSchema.optional(),
  syncCycleEnabled: z.boolean().optional(),
  maintenanceEnabled: z.boolean().optional(),
  schedulerSuspended: z.boolean().optional(),
});
export type SchedulerChange = z.output<typeof schedulerChangeSchema>;

/** What runs at the moment. */
export const activitySchema = z.object({
  connector: z.string(),
  runProfile: runProfileSchema,
  /** Objects done, and how many there are as far as known. */
  done: countSchema,
  total: countSchema.nullable(),
  startedAt: timeSchema,
});
export type Activity = z.output<typeof activitySchema>;
