import { z } from 'zod';
import { activitySchema } from './runs.ts';
import { countSchema, timeSchema } from './values.ts';

const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  nextStep: z.string(),
  at: timeSchema,
  attempts: countSchema,
});

/** One of the agent's two processes, or one channel of password hash sync. */
export const processStatusSchema = z.object({
  /** `object sync`, or `password hash sync of corp.contoso.com`. */
  process: z.string(),
  state: z.enum(['off', 'opening', 'reading', 'waiting', 'paused', 'failed', 'stopped']),
  since: timeSchema,
  lastSuccessAt: timeSchema.nullable(),
  failure: failureSchema.nullable(),
  counts: z.record(z.string(), countSchema),
});
export type ProcessStatus = z.output<typeof processStatusSchema>;

/** The agent as a whole. */
export const agentStatusSchema = z.object({
  version: z.string(),
  pid: countSchema,
  startedAt: timeSchema,
  stagingMode: z.boolean(),
  processes: z.array(processStatusSchema),
  /** The run under way; null while object sync is idle. */
  activity: activitySchema.nullable(),
});
export type AgentStatus = z.output<typeof agentStatusSchema>;

/** One stage of a user's way from the DC to the managed domain. */
export const stageSchema = z.object({
  /** `domain controller`, `connector space`, `metaverse`, `tenant connector space`, `password hash sync`, `directory`, `managed domain`. */
  stage: z.string(),
  ok: z.boolean(),
  at: timeSchema.nullable(),
  detail: z.string(),
});

/** The whole chain of one user, and the one reason. */
export const chainSchema = z.object({
  user: z.string(),
  anchor: z.string().nullable(),
  usable: z.boolean(),
  reason: z.string(),
  nextStep: z.string().nullable(),
  stages: z.array(stageSchema),
});
export type Chain = z.output<typeof chainSchema>;

/** Features of the tenant, by Microsoft's names. */
export const companyFeaturesSchema = z.record(z.string(), z.boolean());

export const deletionThresholdSchema = z.object({ enabled: z.boolean(), value: z.int().min(1).max(1_000_000) });
export type DeletionThreshold = z.output<typeof deletionThresholdSchema>;
