import { z } from 'zod';
import { attributesSchema, countSchema, guidSchema, timeSchema } from './values.ts';

/** An object of a connector space. */
export const csObjectSchema = z.object({
  /** Derived from connector and anchor: the same after the database was rebuilt. */
  objectId: guidSchema,
  connectorName: z.string(),
  distinguishedName: z.string(),
  /** `objectGUID`, or the tenant's source anchor: base64. */
  anchorValue: z.string(),
  objectType: z.string(),
  isConnector: z.boolean(),
  hasSyncError: z.boolean(),
  hasExportError: z.boolean(),
  /** What is wrong with it; null when nothing is. */
  error: z.string().nullable(),
  connectedMVObjectId: guidSchema.nullable(),
  attributes: attributesSchema,
  /** Changes that have not been exported, or not been confirmed by an import yet. */
  pendingExport: z.object({ operation: z.enum(['add', 'update', 'delete']), attributes: attributesSchema }).nullable(),
  /** The rules that apply, by precedence. */
  lineage: z.array(z.object({ rule: z.string(), precedence: z.int(), direction: z.enum(['inbound', 'outbound']) })),
});
export type CsObject = z.output<typeof csObjectSchema>;

/** An object of the metaverse, with where each value comes from. */
export const mvObjectSchema = z.object({
  objectId: guidSchema,
  objectType: z.string(),
  attributes: z.record(
    z.string(),
    z.object({ values: z.array(z.string()), rule: z.string().nullable(), connector: z.string().nullable() }),
  ),
  lineage: z.array(z.object({ connectorName: z.string(), csObjectId: guidSchema, distinguishedName: z.string() })),
});
export type MvObject = z.output<typeof mvObjectSchema>;

/** One object that a cycle would change. */
export const previewEntrySchema = z.object({
  operation: z.enum(['add', 'update', 'delete']),
  objectType: z.string(),
  anchor: z.string(),
  /** The name to show: distinguished name at the source, or the tenant's name of what would go. */
  name: z.string(),
  attributes: z.array(z.object({ name: z.string(), before: z.array(z.string()), after: z.array(z.string()) })),
  members: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }).nullable(),
  /** Why, in words: the rule, or what is no longer so. */
  reason: z.string(),
});
export type PreviewEntry = z.output<typeof previewEntrySchema>;

export const previewSchema = z.object({
  adds: countSchema,
  updates: countSchema,
  deletes: countSchema,
  unchanged: countSchema,
  /** True when the deletion threshold would stop the export. */
  exceedsDeletionThreshold: z.boolean(),
  /** In order: deletes, adds, updates; as many as were asked for. */
  entries: z.array(previewEntrySchema),
  /** What would be wrong. */
  errors: z.array(z.object({ dn: z.string(), code: z.string(), message: z.string() })),
});
export type Preview = z.output<typeof previewSchema>;

/** Statuses of the password log of one object. */
export const passwordLogStatuses = [
  'Success',
  'FilteredByTarget',
  'NoTargetConnection',
  'SourceConnectorNotPresent',
  'TargetNotExportedToDirectory',
  'Error',
  'Unknown',
  'MissingAttribute',
  'RetryRequestedByTarget',
] as const;

export const passwordLogEntrySchema = z.object({
  at: timeSchema,
  status: z.enum(passwordLogStatuses),
  /** When the password was set at the source; null when it is not known. */
  changedAt: timeSchema.nullable(),
  /** A sentence for an administrator. */
  detail: z.string().nullable(),
});
export type PasswordLogEntry = z.output<typeof passwordLogEntrySchema>;
