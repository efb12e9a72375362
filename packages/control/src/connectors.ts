import { z } from 'zod';
import { countSchema, guidSchema, timeSchema } from './values.ts';

/**
 * A setting that belongs to a connector as a whole, for example `Microsoft.Synchronize.ForceFullPasswordSync`.
 * Its value is text, whatever its type says.
 */
export const parameterSchema = z.strictObject({
  name: z.string().min(1).max(256),
  type: z.string().max(64).default('String'),
  scope: z.string().max(64).default('ConnectorGlobal'),
  description: z.string().max(1_024).nullable().default(null),
  regexValidationPattern: z.string().max(1_024).nullable().default(null),
  defaultValue: z.string().max(1_024).nullable().default(null),
  value: z.string().max(1_024).nullable().default(null),
});
export type ConfigurationParameter = z.output<typeof parameterSchema>;

/** A naming context of a connector: a domain of a forest. */
export const partitionSchema = z.object({
  identifier: guidSchema,
  /** Distinguished name. */
  dn: z.string(),
  name: z.string(),
  /** Preferred domain controllers, in order. */
  domainControllers: z.array(z.string()),
});
export type Partition = z.output<typeof partitionSchema>;

export const connectorSchema = z.object({
  /** Case-sensitive: the forest's name, or `<tenant> - AAD`. */
  name: z.string(),
  identifier: guidSchema,
  kind: z.enum(['ad', 'tenant']),
  partitions: z.array(partitionSchema),
  globalParameters: z.array(parameterSchema),
  /** Service account, or agent. */
  account: z.string(),
  createdAt: timeSchema,
});
export type Connector = z.output<typeof connectorSchema>;

/** The object counts of a connector space. */
export const statisticsSchema = z.object({
  total: countSchema,
  connectors: countSchema,
  disconnectors: countSchema,
  pendingImports: countSchema,
  pendingExportAdds: countSchema,
  pendingExportUpdates: countSchema,
  pendingExportDeletes: countSchema,
  exportErrors: countSchema,
});
export type ConnectorStatistics = z.output<typeof statisticsSchema>;

/** Whether a domain's DC can be reached, signed in to and replicated from. */
export const reachabilitySchema = z.object({
  fullName: z.string(),
  domainController: z.string(),
  isReachable: z.boolean(),
  exceptionMessage: z.string().nullable(),
  nextStep: z.string().nullable(),
});
export type Reachability = z.output<typeof reachabilitySchema>;
