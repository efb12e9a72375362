import assert from 'node:assert/strict';
import {
  defaultTenantSettings,
  errorBodySchema,
  errorCodes,
  routes,
  type ErrorCode,
  type Route,
} from '@causeway/contract';
import { z } from 'zod';
import {
  anchorOf,
  batchOf,
  credentialBatch,
  groupEntry,
  keyId,
  publicKey,
  range,
  userEntry,
  versionOf,
} from './samples.ts';

const objectId = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
const paths: Readonly<Record<string, string>> = {
  tenant: 'contoso',
  source: 'corp',
  anchorOrName: 'user1',
  anchor: encodeURIComponent(anchorOf(50)),
  objectId,
};
export const pathOf = (route: Route): string =>
  route.path.replaceAll(/:(\w+)/g, (_, name: string) => paths[name] ?? '');
export const outcome = {
  anchor: anchorOf(1),
  sequence: 1,
  status: 'applied',
  version: versionOf(1),
  reason: null,
  at: '2026-11-22T18:41:00Z',
};
export const bodies: Readonly<Record<string, unknown>> = {
  registerKey: z.encode(routes.registerKey.body, { publicKey, keyId }),
  sendObjects: batchOf(null, 'o1', { users: [userEntry(1)], groups: [groupEntry(50)] }),
  findMissingCredentials: { keyId, credentials: [{ anchor: anchorOf(1), version: versionOf(1) }] },
  writeSettings: defaultTenantSettings,
  writeCloudUser: { userPrincipalName: 'cloud@contoso.test' },
  sendCredentials: z.encode(routes.sendCredentials.body, credentialBatch(null, 'c1', [1])),
  sendOutcomes: { outcomes: [outcome] },
};
export const expectError = (answer: { status: number; body: unknown }, code: ErrorCode) => {
  const body = errorBodySchema.parse(answer.body);
  assert.equal(body.code, code);
  assert.equal(answer.status, errorCodes[code].status);
  assert.ok(body.message.length > 10 && body.nextStep.length > 10);
  return body;
};

export const credential = (changes: object) => {
  const batch = bodies['sendCredentials'] as { credentials: object[] };
  return { ...batch, credentials: [{ ...batch.credentials[0], ...changes }] };
};

export const largeBatch = (users: number, deletions: number) =>
  batchOf(null, 'o1', {
    users: Array.from(range(0, users), (number) => userEntry(number)),
    deletions: Array.from(range(users, users + deletions), (number) => ({ anchor: anchorOf(number), type: 'user' })),
  });

export const base64 = (length: number): string => Buffer.alloc(length, 1).toString('base64');
