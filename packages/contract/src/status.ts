import { outcomeStatuses } from '@causeway/model';
import { z } from 'zod';
import {
  agentIdSchema,
  anchorSchema,
  credentialVersionSchema,
  keyIdSchema,
  objectIdSchema,
  sequenceSchema,
  sourceIdSchema,
  tenantIdSchema,
  timeSchema,
  userSchema,
} from './values.ts';

/** What an agent may do: `connect` sends, `domain` receives and reports, `operator` looks and administers the tenant. */
export const roles = ['connect', 'domain', 'operator'] as const;
export type Role = (typeof roles)[number];

/** Why a user's password is or is not usable, as the directory knows it: exactly one holds at any moment. */
export const userStatuses = [
  ...outcomeStatuses,
  /** The managed domain has not reported on the newest change yet. */
  'waitingForDomain',
  /** The credential is sealed to a key that has been replaced since. */
  'waitingForNewSeal',
] as const;
export type UserStatus = (typeof userStatuses)[number];

const count = z.int().min(0);

export const statusResponseSchema = z.object({
  tenant: tenantIdSchema,
  key: z.object({ keyId: keyIdSchema, registeredAt: timeSchema }).nullable(),
  /** Users whose object has arrived and is not deleted. */
  users: count,
  groups: count,
  /** Users and groups in the recycle bin. */
  deleted: count,
  /** Users whose credential has arrived. */
  credentials: count,
  /** The last report of the managed domain about each user. */
  outcomes: z.object(
    Object.fromEntries(outcomeStatuses.map((status) => [status, count])) as Record<
      (typeof outcomeStatuses)[number],
      typeof count
    >,
  ),
  /** Users whose newest change the managed domain has not reported on. */
  waitingForDomain: count,
  /** The sequence of the last change. */
  feedHead: sequenceSchema,
  /** When the last batch of objects was accepted; null before the first. */
  objectsAcceptedAt: timeSchema.nullable(),
  sources: z.array(
    z.object({
      source: sourceIdSchema,
      /** When the last batch of credentials was accepted; null before the first, or when a full one is due. */
      credentialsAcceptedAt: timeSchema.nullable(),
    }),
  ),
  agents: z.array(
    z.object({
      agent: agentIdSchema,
      role: z.enum(roles),
      lastSeenAt: timeSchema.nullable(),
      /** How far a domain agent has confirmed the change feed; null for other roles and before it first asked. */
      feedPosition: sequenceSchema.nullable(),
    }),
  ),
});
export type StatusResponse = z.output<typeof statusResponseSchema>;

/** One user's stages, each with its time, and the one reason. */
export const userExplanationSchema = z.object({
  anchor: anchorSchema,
  /** Null while only a credential has arrived. */
  objectId: objectIdSchema.nullable(),
  /** Null for a cloud-only user. */
  source: sourceIdSchema.nullable(),
  user: userSchema.strip().nullable(),
  sequence: sequenceSchema,
  status: z.enum(userStatuses),
  /** A sentence for an administrator, the next step included where there is one. */
  reason: z.string(),
  stages: z.object({
    /** When the object was last changed in the directory. */
    userAcceptedAt: timeSchema.nullable(),
    /** When the user was put into the recycle bin; null for one that is not there. */
    deletedAt: timeSchema.nullable(),
    /** When the password was set at the source. */
    passwordChangedAt: timeSchema.nullable(),
    credentialAcceptedAt: timeSchema.nullable(),
    /** What the managed domain last reported, for which change, and when. */
    outcomeAt: timeSchema.nullable(),
  }),
  credential: z.object({ version: credentialVersionSchema.strip(), keyId: keyIdSchema }).nullable(),
  outcome: z
    .object({
      sequence: sequenceSchema,
      status: z.enum(outcomeStatuses),
      version: credentialVersionSchema.strip().nullable(),
      reason: z.string().nullable(),
    })
    .nullable(),
});
export type UserExplanation = z.output<typeof userExplanationSchema>;
