import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { errorCodes, roles, routes, type Route } from '@causeway/contract';
import { z } from 'zod';
import { signerOf } from '../support/directory.ts';
import { startInjected, type InjectedDirectory } from '../support/injected.ts';
import { bodies, expectError, pathOf } from '../support/requests.ts';
import {
  anchorOf,
  batchOf,
  credentialBatch,
  keyId,
  objectBatch,
  otherKeyId,
  otherPublicKey,
  userEntry,
} from '../support/samples.ts';

const guarded = Object.entries(routes as Record<string, Route>).filter(([, route]) => route.roles !== undefined);

describe('the routes', () => {
  let directory: InjectedDirectory;
  before(async () => {
    directory = await startInjected();
    const answer = await directory.send({
      method: 'PUT',
      url: '/v1/tenants/contoso/key',
      role: 'domain',
      body: bodies['registerKey'],
    });
    assert.equal(answer.status, 200);
    assert.equal(
      (
        await directory.send({
          method: 'POST',
          url: pathOf(routes.sendObjects),
          role: 'connect',
          body: bodies['sendObjects'],
        })
      ).status,
      200,
    );
  });
  after(async () => directory.stop());

  test('health needs no authentication', async () => {
    assert.deepEqual(await directory.send({ method: 'GET', url: '/v1/health' }), {
      status: 200,
      body: { status: 'ok' },
    });
  });

  for (const [name, route] of guarded) {
    const request = { method: route.method, url: pathOf(route), body: bodies[name] };
    test(`${name} answers every role that may call it, in its schema`, async () => {
      for (const role of route.roles ?? []) {
        const answer = await directory.send({ ...request, role });
        assert.equal(answer.status, 200, JSON.stringify(answer.body));
        assert.ok(route.response.safeParse(answer.body).success);
      }
    });
    test(`${name} refuses every other role, and says which it needs`, async () => {
      for (const role of roles.filter((other) => route.roles?.includes(other) !== true)) {
        const body = expectError(await directory.send({ ...request, role }), 'forbidden');
        assert.ok(body.message.includes(role) && body.message.includes(route.roles?.[0] ?? ''));
      }
    });
    test(`${name} refuses a request without a token, with a broken and with a foreign one`, async () => {
      const foreign = await signerOf('connect', { agentId: 'nobody' }).authorization();
      const wrongKey = await signerOf('domain', { agentId: 'connect-1' }).authorization();
      for (const authorization of [undefined, 'Bearer x', 'Basic eDp5', 'Bearer a.b.c', foreign, wrongKey]) {
        const body = expectError(await directory.send({ ...request, authorization }), 'unauthenticated');
        assert.equal(body.message, errorCodes.unauthenticated.message);
      }
    });
    test(`${name} does not know a tenant that the agent is not of`, async () => {
      const role = route.roles?.[0] ?? 'connect';
      for (const tenant of ['nobody', 'fabrikam']) {
        const url = request.url.replace('contoso', tenant);
        const authorization = await signerOf(role, { tenant }).authorization();
        expectError(await directory.send({ ...request, url, authorization }), 'tenant_unknown');
      }
    });
    if (route.body === undefined) continue;
    const role = route.roles?.[0] ?? 'connect';
    test(`${name} refuses a body that is not JSON, none, of another type, not of its schema, or with more in it`, async () => {
      expectError(await directory.send({ ...request, role, text: '{"from":' }), 'malformed_request');
      expectError(await directory.send({ ...request, role, text: '' }), 'malformed_request');
      expectError(await directory.send({ ...request, role, text: 'x', type: 'text/csv' }), 'media_type_unsupported');
      expectError(await directory.send({ ...request, role, body: [] }), 'invalid_request');
      const more = { ...(request.body as object), surprise: 1 };
      const { fields } = expectError(await directory.send({ ...request, role, body: more }), 'invalid_request');
      assert.match(fields?.[0]?.problem ?? '', /surprise/);
    });
    test(`${name} refuses a body that is larger than it takes`, async () => {
      const text = ' '.repeat((route.bodyBytesMax ?? 0) + 1);
      expectError(await directory.send({ ...request, role, text }), 'body_too_large');
    });
  }

  test('an address that there is not is answered as every error', async () => {
    expectError(await directory.send({ method: 'GET', url: '/' }), 'route_unknown');
    expectError(await directory.send({ method: 'DELETE', url: '/v1/tenants/contoso' }), 'route_unknown');
    expectError(await directory.send({ method: 'GET', url: '/v1/tenants/%zz' }), 'malformed_request');
  });

  test('names that are not of their form are refused', async () => {
    const answer = await directory.send({
      method: 'GET',
      url: '/v1/tenants/contoso/sources/UPPER%20case',
      role: 'connect',
    });
    assert.equal(expectError(answer, 'invalid_request').fields?.[0]?.path, 'params.source');
  });

  test('conflicts say what would not conflict', async () => {
    const objects = pathOf(routes.sendObjects);
    const gap = await directory.send({
      method: 'POST',
      url: objects,
      role: 'connect',
      body: objectBatch('x', 'y', []),
    });
    assert.equal(expectError(gap, 'cursor_conflict').storedCursor, 'o1');
    const key = z.encode(routes.registerKey.body, { publicKey: otherPublicKey, keyId: otherKeyId });
    const other = await directory.send({ method: 'PUT', url: pathOf(routes.registerKey), role: 'domain', body: key });
    assert.equal(expectError(other, 'key_conflict').registeredKeyId, keyId);
    const batch = z.encode(routes.sendCredentials.body, credentialBatch(null, 'c', [], { key: otherKeyId }));
    const mismatch = await directory.send({
      method: 'POST',
      url: pathOf(routes.sendCredentials),
      role: 'connect',
      body: batch,
    });
    assert.equal(expectError(mismatch, 'key_mismatch').registeredKeyId, keyId);
    const url = `/v1/tenants/contoso/changes?after=${Number.MAX_SAFE_INTEGER}`;
    const ahead = await directory.send({ method: 'GET', url, role: 'domain' });
    assert.equal(typeof expectError(ahead, 'feed_position_unknown').feedHead, 'number');
  });

  test('a user that there is not, and a name that two have, are told apart', async () => {
    const url = '/v1/tenants/contoso/users/';
    expectError(await directory.send({ method: 'GET', url: `${url}nobody`, role: 'operator' }), 'user_unknown');
    const twin = { accountName: 'User1', userPrincipalName: 'twin@contoso.test', mail: 'twin@contoso.test' };
    await directory.send({
      method: 'POST',
      url: pathOf(routes.sendObjects),
      role: 'connect',
      body: batchOf(null, 'e1', { users: [userEntry(99, twin)] }),
    });
    const { anchors } = expectError(
      await directory.send({ method: 'GET', url: `${url}user1`, role: 'operator' }),
      'name_ambiguous',
    );
    assert.deepEqual(anchors, [anchorOf(1), anchorOf(99)]);
    const answer = await directory.send({
      method: 'GET',
      url: url + encodeURIComponent(anchorOf(99)),
      role: 'operator',
    });
    assert.equal(answer.status, 200);
  });

  test('a token from a clock that is off by more than two minutes says so', async () => {
    for (const [offsetMs, word] of [
      [-430_000, 'before'],
      [130_000, 'after'],
    ] as const) {
      const clock = { now: () => Date.now() + offsetMs };
      const authorization = await signerOf('operator', { clock }).authorization();
      const answer = await directory.send({ method: 'GET', url: pathOf(routes.readStatus), authorization });
      assert.match(expectError(answer, 'clock_skew').message, new RegExp(`\\d s ${word} the directory's time`));
    }
    for (const offsetMs of [-410_000, 110_000]) {
      const authorization = await signerOf('operator', { clock: { now: () => Date.now() + offsetMs } }).authorization();
      assert.equal(
        (await directory.send({ method: 'GET', url: pathOf(routes.readStatus), authorization })).status,
        200,
      );
    }
  });

  test('a token for one tenant is not good for another', async () => {
    const authorization = await signerOf('operator', { tenant: 'fabrikam' }).authorization();
    const answer = await directory.send({ method: 'GET', url: pathOf(routes.readStatus), authorization });
    expectError(answer, 'unauthenticated');
  });

  test('the log names requests and counts, and holds nothing of a body or a token', async () => {
    const batch = credentialBatch(null, 'secret-cursor', [5]);
    const body = z.encode(routes.sendCredentials.body, batch) as { credentials: { sealed: string }[] };
    await directory.send({ method: 'POST', url: pathOf(routes.sendCredentials), role: 'connect', body });
    const line = directory.lines.at(-1);
    assert.equal(line?.message, 'request served');
    const { requestId, durationMs, ...fields } = line.fields;
    assert.equal(typeof requestId, 'string');
    assert.equal(typeof durationMs, 'number');
    assert.deepEqual(fields, {
      route: 'POST /v1/tenants/:tenant/sources/:source/credentials',
      status: 200,
      tenant: 'contoso',
      agent: 'connect-1',
      accepted: 1,
      unchanged: 0,
      superseded: 0,
    });
    await directory.send({
      method: 'POST',
      url: pathOf(routes.sendObjects),
      role: 'connect',
      text: '{"users": hunter2',
    });
    const log = JSON.stringify(directory.lines);
    for (const secret of [body.credentials[0]?.sealed ?? 'none', 'secret-cursor', 'hunter2', 'Bearer', 'eyJ']) {
      assert.ok(!log.includes(secret), secret.slice(0, 20));
    }
  });
});
