import { z } from 'zod';
import { agentStatusSchema, chainSchema, companyFeaturesSchema, deletionThresholdSchema } from './agent.ts';
import { connectorSchema, parameterSchema, reachabilitySchema, statisticsSchema } from './connectors.ts';
import {
  csObjectSchema,
  mvObjectSchema,
  passwordLogEntrySchema,
  previewEntrySchema,
  previewSchema,
} from './objects.ts';
import {
  partitionPasswordSyncStateSchema,
  passwordSyncAnswerSchema,
  passwordSyncConfigurationSchema,
  passwordSyncRequestSchema,
} from './passwords.ts';
import { activitySchema, runSchema, schedulerChangeSchema, schedulerSchema } from './runs.ts';
import { countSchema, guidSchema, policyTypeSchema, runProfileSchema } from './values.ts';

/** One thing that a running agent can be asked for or told. */
export interface OperationSpec {
  readonly request: z.ZodType;
  readonly response: z.ZodType;
  /** It only looks. */
  readonly reads: boolean;
}

const none = z.strictObject({});
const done = z.object({});
const ofConnector = z.strictObject({ connector: z.string() });
/** Finds one object of a connector space. */
const csObjectQuery = z.union([
  z.strictObject({ connector: z.string(), dn: z.string() }),
  z.strictObject({ identifier: guidSchema }),
]);

/** Every operation, by name. Names of connectors are case-sensitive. */
export const operations = {
  readStatus: { request: none, response: agentStatusSchema, reads: true },
  /** Reads the configuration file again and takes over what can change while the agent runs; says what cannot. */
  reload: {
    request: none,
    response: z.object({ changed: z.array(z.string()), needsRestart: z.array(z.string()) }),
    reads: false,
  },

  listConnectors: { request: none, response: z.object({ connectors: z.array(connectorSchema) }), reads: true },
  /** Stores the global parameters of a connector, in place of those it had. */
  saveConnector: {
    request: z.strictObject({
      identifier: guidSchema,
      name: z.string(),
      globalParameters: z.array(parameterSchema).max(100),
    }),
    response: connectorSchema,
    reads: false,
  },
  readStatistics: { request: ofConnector, response: statisticsSchema, reads: true },
  readReachability: { request: ofConnector, response: z.object({ domains: z.array(reachabilitySchema) }), reads: true },

  readScheduler: { request: none, response: schedulerSchema, reads: true },
  writeScheduler: { request: schedulerChangeSchema, response: schedulerSchema, reads: false },
  /** Begins a cycle and answers once `readScheduler` tells that it is in progress; a cycle under way is an error. */
  startSyncCycle: { request: z.strictObject({ policyType: policyTypeSchema }), response: done, reads: false },
  /** Ends the cycle under way after the step that runs; the rest comes with the next one. */
  stopSyncCycle: { request: none, response: z.object({ stopped: z.boolean() }), reads: false },
  /** The next cycle does a full import or a full synchronization of one connector. */
  readOverride: {
    request: ofConnector,
    response: z.object({ fullImportRequired: z.boolean(), fullSyncRequired: z.boolean() }),
    reads: true,
  },
  writeOverride: {
    request: z.strictObject({
      connector: z.string(),
      fullImportRequired: z.boolean().optional(),
      fullSyncRequired: z.boolean().optional(),
    }),
    response: z.object({ fullImportRequired: z.boolean(), fullSyncRequired: z.boolean() }),
    reads: false,
  },
  /** Runs a profile to its end and gives the result. */
  runProfile: {
    request: z.strictObject({ connector: z.string(), runProfile: runProfileSchema }),
    response: runSchema,
    reads: false,
  },
  stopRun: { request: none, response: z.object({ stopped: z.boolean() }), reads: false },
  readActivity: { request: none, response: z.object({ activity: activitySchema.nullable() }), reads: true },
  /** The run history, newest first. */
  listRuns: {
    request: z.strictObject({
      connector: z.string().optional(),
      id: z.int().optional(),
      count: z.int().min(1).max(10_000).default(100),
    }),
    response: z.object({ runs: z.array(runSchema) }),
    reads: true,
  },
  purgeRuns: {
    request: z.strictObject({ olderThanSeconds: countSchema }),
    response: z.object({ purged: countSchema }),
    reads: false,
  },

  readCsObject: { request: csObjectQuery, response: z.object({ object: csObjectSchema.nullable() }), reads: true },
  listCsObjects: {
    request: z.strictObject({
      connector: z.string(),
      startIndex: countSchema.default(0),
      maxResultCount: z.int().min(1).max(1_000).default(100),
    }),
    response: z.object({ objects: z.array(csObjectSchema) }),
    reads: true,
  },
  readMvObject: {
    request: z.strictObject({ identifier: guidSchema }),
    response: z.object({ object: mvObjectSchema.nullable() }),
    reads: true,
  },
  /** The password log of a connector space object, newest first; seven days of it are kept. */
  readPasswordLog: {
    request: z.strictObject({ identifier: guidSchema, count: z.int().min(1).max(1_000).default(100) }),
    response: z.object({ entries: z.array(passwordLogEntrySchema) }),
    reads: true,
  },

  readPasswordSync: {
    request: z.strictObject({ sourceConnector: z.string().optional() }),
    response: z.object({ configurations: z.array(passwordSyncConfigurationSchema) }),
    reads: true,
  },
  /** Switches a forest's channel off or on; at the start of one a pending full password hash sync begins. */
  writePasswordSync: {
    request: passwordSyncConfigurationSchema,
    response: passwordSyncConfigurationSchema,
    reads: false,
  },
  listPasswordSyncStates: {
    request: none,
    response: z.object({ states: z.array(partitionPasswordSyncStateSchema) }),
    reads: true,
  },
  syncPasswords: { request: passwordSyncRequestSchema, response: passwordSyncAnswerSchema, reads: false },

  /** What a cycle would do, found out on a copy of the database; with another configuration or rules, what they would do. */
  preview: {
    request: z.strictObject({
      policyType: policyTypeSchema.default('Delta'),
      /** Path of a configuration file to try, in place of the one that is used. */
      config: z.string().optional(),
      entries: z.int().min(0).max(100_000).default(1_000),
    }),
    response: previewSchema,
    reads: true,
  },
  /** What the deletion threshold holds back. */
  listPendingDeletions: {
    request: none,
    response: z.object({ deletions: z.array(previewEntrySchema), allowed: z.boolean() }),
    reads: true,
  },
  /** Lets the pending deletions through once; those that come later count anew. */
  allowDeletions: { request: none, response: z.object({ allowed: countSchema }), reads: false },
  readDeletionThreshold: { request: none, response: deletionThresholdSchema, reads: true },
  writeDeletionThreshold: { request: deletionThresholdSchema, response: deletionThresholdSchema, reads: false },
  readCompanyFeatures: { request: none, response: z.object({ features: companyFeaturesSchema }), reads: true },
  writeCompanyFeatures: {
    request: z.strictObject({ features: companyFeaturesSchema }),
    response: z.object({ features: companyFeaturesSchema }),
    reads: false,
  },
  writeStagingMode: {
    request: z.strictObject({ enabled: z.boolean() }),
    response: z.object({ enabled: z.boolean() }),
    reads: false,
  },
  /** Settings by Microsoft's names, such as `Microsoft.Synchronize.StagingMode`. */
  readGlobalSettings: {
    request: none,
    response: z.object({ parameters: z.array(z.object({ name: z.string(), value: z.string() })) }),
    reads: true,
  },

  /** The chain of one user, named by account name, user principal name, distinguished name or source anchor. */
  explain: { request: z.strictObject({ user: z.string().min(1).max(1_024) }), response: chainSchema, reads: true },
} as const satisfies Record<string, OperationSpec>;

export type OperationName = keyof typeof operations;
/** What an operation is asked with, before defaults are filled in. */
export type RequestOf<Name extends OperationName> = z.input<(typeof operations)[Name]['request']>;
/** What the agent gets, defaults filled in. */
export type ReceivedOf<Name extends OperationName> = z.output<(typeof operations)[Name]['request']>;
export type ResponseOf<Name extends OperationName> = z.output<(typeof operations)[Name]['response']>;

/** A running agent, as it is administered: the client and the agent itself are one. */
export type Administration = {
  readonly [Name in OperationName]: (request: ReceivedOf<Name>) => Promise<ResponseOf<Name>>;
};
