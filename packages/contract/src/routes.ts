import { z } from 'zod';
import { changesQuerySchema, changesResponseSchema, outcomesRequestSchema, outcomesResponseSchema } from './changes.ts';
import { cloudUserRequestSchema, cloudUserResponseSchema } from './cloud-users.ts';
import {
  credentialBatchSchema,
  credentialReceiptSchema,
  missingCredentialsRequestSchema,
  missingCredentialsResponseSchema,
} from './credentials.ts';
import {
  membersQuerySchema,
  membersResponseSchema,
  objectBatchSchema,
  objectReceiptSchema,
  objectsQuerySchema,
  objectsResponseSchema,
} from './objects.ts';
import { tenantSettingsSchema } from './settings.ts';
import { roles, statusResponseSchema, userExplanationSchema, type Role } from './status.ts';
import {
  healthResponseSchema,
  keyRequestSchema,
  keyResponseSchema,
  sourceResponseSchema,
  tenantResponseSchema,
} from './tenant.ts';
import { anchorSchema, objectIdSchema, sourceIdSchema, tenantIdSchema } from './values.ts';

/** One address of the directory. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Names after a colon are its `params`. */
  readonly path: string;
  /** Who may call it; without it no authentication is asked for. */
  readonly roles?: readonly Role[];
  readonly params: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** Largest body that is read, in bytes. */
  readonly bodyBytesMax?: number;
  readonly response: z.ZodObject;
}

const tenant = z.object({ tenant: tenantIdSchema });
const source = tenant.extend({ source: sourceIdSchema });
const group = tenant.extend({ anchor: anchorSchema });
const cloudUser = tenant.extend({ objectId: objectIdSchema });
const user = tenant.extend({ anchorOrName: z.string().min(1).max(1_024) });

/** Enough for a full batch of the longest sealed credentials. */
const batchBytesMax = 16 * 1_024 * 1_024;
const smallBytesMax = 16 * 1_024;

/** Every address of the directory, by the name of its operation. */
export const routes = {
  readHealth: { method: 'GET', path: '/v1/health', params: z.object({}), response: healthResponseSchema },
  readTenant: { method: 'GET', path: '/v1/tenants/:tenant', roles, params: tenant, response: tenantResponseSchema },
  registerKey: {
    method: 'PUT',
    path: '/v1/tenants/:tenant/key',
    roles: ['domain'],
    params: tenant,
    body: keyRequestSchema,
    bodyBytesMax: smallBytesMax,
    response: keyResponseSchema,
  },
  readSource: {
    method: 'GET',
    path: '/v1/tenants/:tenant/sources/:source',
    roles: ['connect', 'operator'],
    params: source,
    response: sourceResponseSchema,
  },
  sendObjects: {
    method: 'POST',
    path: '/v1/tenants/:tenant/objects',
    roles: ['connect'],
    params: tenant,
    body: objectBatchSchema,
    bodyBytesMax: batchBytesMax,
    response: objectReceiptSchema,
  },
  readObjects: {
    method: 'GET',
    path: '/v1/tenants/:tenant/objects',
    roles: ['connect', 'operator'],
    params: tenant,
    query: objectsQuerySchema,
    response: objectsResponseSchema,
  },
  readMembers: {
    method: 'GET',
    path: '/v1/tenants/:tenant/groups/:anchor/members',
    roles: ['connect', 'operator'],
    params: group,
    query: membersQuerySchema,
    response: membersResponseSchema,
  },
  sendCredentials: {
    method: 'POST',
    path: '/v1/tenants/:tenant/sources/:source/credentials',
    roles: ['connect'],
    params: source,
    body: credentialBatchSchema,
    bodyBytesMax: batchBytesMax,
    response: credentialReceiptSchema,
  },
  findMissingCredentials: {
    method: 'POST',
    path: '/v1/tenants/:tenant/sources/:source/credentials/missing',
    roles: ['connect'],
    params: source,
    body: missingCredentialsRequestSchema,
    bodyBytesMax: batchBytesMax,
    response: missingCredentialsResponseSchema,
  },
  readSettings: {
    method: 'GET',
    path: '/v1/tenants/:tenant/settings',
    roles,
    params: tenant,
    response: tenantSettingsSchema,
  },
  writeSettings: {
    method: 'PUT',
    path: '/v1/tenants/:tenant/settings',
    roles: ['connect', 'operator'],
    params: tenant,
    body: tenantSettingsSchema,
    bodyBytesMax: smallBytesMax,
    response: tenantSettingsSchema,
  },
  writeCloudUser: {
    method: 'PUT',
    path: '/v1/tenants/:tenant/cloud-users/:objectId',
    roles: ['operator'],
    params: cloudUser,
    body: cloudUserRequestSchema,
    bodyBytesMax: smallBytesMax,
    response: cloudUserResponseSchema,
  },
  deleteCloudUser: {
    method: 'DELETE',
    path: '/v1/tenants/:tenant/cloud-users/:objectId',
    roles: ['operator'],
    params: cloudUser,
    response: cloudUserResponseSchema,
  },
  readChanges: {
    method: 'GET',
    path: '/v1/tenants/:tenant/changes',
    roles: ['domain'],
    params: tenant,
    query: changesQuerySchema,
    response: changesResponseSchema,
  },
  sendOutcomes: {
    method: 'POST',
    path: '/v1/tenants/:tenant/outcomes',
    roles: ['domain'],
    params: tenant,
    body: outcomesRequestSchema,
    bodyBytesMax: batchBytesMax,
    response: outcomesResponseSchema,
  },
  readStatus: {
    method: 'GET',
    path: '/v1/tenants/:tenant/status',
    roles,
    params: tenant,
    response: statusResponseSchema,
  },
  explainUser: {
    method: 'GET',
    path: '/v1/tenants/:tenant/users/:anchorOrName',
    roles,
    params: user,
    response: userExplanationSchema,
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;
/** What a request of the route carries, decoded. */
export type ParamsOf<R extends Route> = Output<R['params']>;
export type QueryOf<R extends Route> = Output<R['query']>;
export type BodyOf<R extends Route> = Output<R['body']>;
/** What the route answers with, decoded. */
export type ResponseOf<R extends Route> = z.output<R['response']>;
