import { z } from 'zod';
import { passwordLogStatuses } from './objects.ts';
import { countSchema, guidSchema, timeSchema } from './values.ts';

/** Whether passwords go from a forest to the tenant. */
export const passwordSyncConfigurationSchema = z.object({
  sourceConnector: z.string(),
  targetConnector: z.string(),
  enabled: z.boolean(),
});
export type PasswordSyncConfiguration = z.output<typeof passwordSyncConfigurationSchema>;

/** Password hash sync of one domain. */
export const partitionPasswordSyncStateSchema = z.object({
  connectorId: guidSchema,
  connector: z.string(),
  dn: z.string(),
  lastSuccessfulCycleStartAt: timeSchema.nullable(),
  lastSuccessfulCycleEndAt: timeSchema.nullable(),
  lastCycleStartAt: timeSchema.nullable(),
  lastCycleEndAt: timeSchema.nullable(),
  /** `Successful`, `Failed`, `InProgress`, `Paused`, `Disabled`, or `None` before the first cycle. */
  lastCycleStatus: z.string(),
  /** Of a full password hash sync that is under way; null otherwise. */
  full: z
    .object({
      startedAt: timeSchema,
      done: countSchema,
      total: countSchema.nullable(),
      secondsLeft: countSchema.nullable(),
    })
    .nullable(),
});
export type PartitionPasswordSyncState = z.output<typeof partitionPasswordSyncStateSchema>;

/** Whose passwords to send now. */
export const passwordSyncRequestSchema = z.union([
  z.strictObject({ user: z.string().min(1).max(1_024), connector: z.string().optional() }),
  z.strictObject({
    ou: z.string().min(1).max(1_024),
    connector: z.string().optional(),
    sendAll: z.boolean().default(false),
  }),
  z.strictObject({ all: z.literal(true), connector: z.string().optional(), sendAll: z.boolean().default(false) }),
]);
export type PasswordSyncRequest = z.output<typeof passwordSyncRequestSchema>;

/** What became of a request: for `all` it has begun and goes on by itself; for the others it is done. */
export const passwordSyncAnswerSchema = z.object({
  started: z.boolean(),
  results: z.array(z.object({ dn: z.string(), status: z.enum(passwordLogStatuses), detail: z.string().nullable() })),
});
export type PasswordSyncAnswer = z.output<typeof passwordSyncAnswerSchema>;
