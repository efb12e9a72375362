import assert from 'node:assert/strict';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  defaultTenantSettings,
  DirectoryError,
  DirectoryTransportError,
  type DirectoryClient,
  type MissingCredentialsRequest,
} from '@causeway/contract';
import { anchorOfObjectId, CausewayError } from '@causeway/model';
import {
  createConfig,
  signerOf,
  startDirectory,
  testAuthority,
  type RunningTestDirectory,
} from '../support/directory.ts';
import {
  anchorOf,
  batchOf,
  credentialBatch,
  digestOf,
  groupEntry,
  keyId,
  membersEntry,
  objectBatch,
  otherKeyId,
  publicKey,
  range,
  userEntry,
  userOf,
  versionOf,
} from '../support/samples.ts';
import { createFolder } from '../support/folder.ts';

const source = 'corp.contoso.test';

const isGivenUp = ({ fields }: { fields: Readonly<Record<string, unknown>> }): boolean =>
  String(fields['route']).endsWith('/changes') &&
  Number(fields['durationMs']) > 80 &&
  Number(fields['durationMs']) < 20_000;

test('the client carries every call about objects, settings and cloud-only users', async () => {
  await using directory = await startDirectory();
  const [connect, domain, operator] = [
    directory.client('connect'),
    directory.client('domain'),
    directory.client('operator'),
  ];
  await domain.registerKey({ publicKey, keyId });
  const proxyAddresses = ['SMTP:user1@contoso.test', 'smtp:u1@contoso.test'];
  const entries = {
    users: [userEntry(1, { proxyAddresses, manager: anchorOf(2), city: 'Köln' })],
    groups: [groupEntry(50, { proxyAddresses })],
    members: [membersEntry(50, [1, 2, 3])],
  };
  assert.deepEqual(await connect.sendObjects(batchOf(null, 'o1', entries)), { accepted: 3, unchanged: 0, refused: [] });
  const page = await operator.readObjects({ after: 0, limit: 10 });
  const [user, group] = page.objects;
  assert.deepEqual([user?.type === 'user' && user.user, page.objectCursor], [entries.users[0]?.user, 'o1']);
  assert.ok(group?.type === 'group');
  assert.deepEqual([group.memberCount, group.memberDigest], [3, digestOf([1, 2, 3])]);
  const { members, more } = await connect.readMembers(anchorOf(50), { limit: 2 });
  assert.deepEqual([members, more], [[anchorOf(1), anchorOf(2)], true]);
  assert.deepEqual(await connect.readMembers(anchorOf(50), { after: members.at(-1) ?? '' }), {
    members: [anchorOf(3)],
    more: false,
  });

  const batch = credentialBatch(null, 'c1', [1], { version: versionOf(2) });
  await connect.sendCredentials(source, batch);
  const asked = [versionOf(1), versionOf(2), versionOf(3)].map((version) => ({ anchor: anchorOf(1), version }));
  const ask = async (credentials: MissingCredentialsRequest['credentials'], key = keyId) =>
    (await connect.findMissingCredentials(source, { keyId: key, credentials })).missing.length;
  for (const [index, expected] of [0, 0, 1].entries()) assert.equal(await ask(asked.slice(index, index + 1)), expected);
  assert.equal(await ask(asked, otherKeyId), 2);
  assert.equal(await ask([{ anchor: anchorOf(9), version: versionOf(1) }]), 1);
  assert.equal(await ask([{ anchor: anchorOf(1), version: versionOf(2), mustChangePassword: true }]), 1);

  assert.deepEqual(await domain.readSettings(), defaultTenantSettings);
  const settings = { ...defaultTenantSettings, syncIntervalSeconds: 600 };
  assert.deepEqual(await connect.writeSettings(settings), settings);
  assert.deepEqual(await operator.readSettings(), settings);

  const objectId = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
  const made = await operator.writeCloudUser(objectId, { userPrincipalName: 'cloud@contoso.test' });
  assert.deepEqual(made, { objectId, anchor: anchorOfObjectId(objectId), changed: true });
  assert.equal((await operator.explainUser('cloud@contoso.test')).objectId, objectId);
  assert.equal((await operator.deleteCloudUser(objectId)).changed, true);
  const { users, groups, deleted } = await operator.readStatus();
  assert.deepEqual([users, groups, deleted], [1, 1, 1]);
});

describe('the client with a directory', () => {
  let directory: RunningTestDirectory;
  let connect: DirectoryClient;
  let domain: DirectoryClient;
  let operator: DirectoryClient;
  before(async () => {
    directory = await startDirectory();
    connect = directory.client('connect');
    domain = directory.client('domain');
    operator = directory.client('operator');
  });
  after(async () => directory.stop());

  test('carries a user and a credential from one end to the other and explains it', async () => {
    assert.deepEqual(await connect.readHealth(), { status: 'ok' });
    assert.deepEqual(await connect.readTenant(), { tenant: 'contoso', keyId: null, publicKey: null });
    assert.equal((await domain.registerKey({ publicKey, keyId })).changed, true);
    assert.deepEqual(await connect.readTenant(), { tenant: 'contoso', keyId, publicKey });
    assert.deepEqual(await connect.readSource(source), { credentialCursor: null });
    assert.deepEqual(await connect.sendObjects(objectBatch(null, 'o1', [1])), {
      accepted: 1,
      unchanged: 0,
      refused: [],
    });
    const batch = credentialBatch(null, 'c1', [1]);
    assert.deepEqual(await connect.sendCredentials(source, batch), { accepted: 1, unchanged: 0, superseded: 0 });
    assert.equal((await operator.explainUser('user1')).status, 'waitingForDomain');

    const page = await domain.readChanges({ after: 0, limit: 10, waitMs: 0 });
    const [credential] = batch.credentials;
    const { next: sequence } = page;
    assert.deepEqual(page, {
      changes: [
        {
          sequence,
          anchor: anchorOf(1),
          previousAnchor: null,
          source,
          deleted: false,
          user: userOf(1),
          credential: { version: versionOf(1), sealed: credential?.sealed, mustChangePassword: false },
        },
      ],
      next: sequence,
      more: false,
    });
    const outcome = {
      anchor: anchorOf(1),
      sequence,
      status: 'applied',
      version: versionOf(1),
      reason: null,
    } as const;
    assert.deepEqual(await domain.sendOutcomes([{ ...outcome, at: '2026-11-22T18:41:00Z' }]), {
      accepted: 1,
      ignored: 0,
    });
    const explanation = await operator.explainUser(anchorOf(1));
    assert.equal(explanation.status, 'applied');
    assert.equal(explanation.stages.passwordChangedAt, versionOf(1).changedAt);

    await domain.readChanges({ after: sequence, limit: 10, waitMs: 0 });
    const status = await operator.readStatus();
    assert.deepEqual(
      [status.users, status.credentials, status.outcomes.applied, status.waitingForDomain, status.feedHead],
      [1, 1, 1, 0, sequence],
    );
    assert.deepEqual(
      status.agents.map(({ agent, feedPosition, lastSeenAt }) => [agent, feedPosition, lastSeenAt !== null]),
      [
        ['connect-1', null, true],
        ['domain-1', sequence, true],
        ['operator-1', null, true],
      ],
    );
  });

  test('is woken by a change while it waits', async () => {
    const { next } = await domain.readChanges({ after: 0, limit: 10, waitMs: 0 });
    const waiting = domain.readChanges({ after: next, limit: 10, waitMs: 30_000 });
    await delay(100);
    const sentAt = performance.now();
    await connect.sendObjects(objectBatch(null, 'o2', [2]));
    const { changes } = await waiting;
    assert.deepEqual(
      changes.map(({ anchor }) => anchor),
      [anchorOf(2)],
    );
    assert.ok(performance.now() - sentAt < 2_000);
  });

  test('is not woken by a batch that changes nothing', async () => {
    const { next } = await domain.readChanges({ after: 0, limit: 10, waitMs: 0 });
    const waiting = domain.readChanges({ after: next, limit: 10, waitMs: 400 });
    await connect.sendObjects(objectBatch(null, 'o2', [2]));
    assert.deepEqual(await waiting, { changes: [], next, more: false });
  });

  test('stops waiting with the reason of its signal, and frees its place', async () => {
    const { next } = await domain.readChanges({ after: 0, limit: 10, waitMs: 0 });
    const stop = new AbortController();
    const waiting = domain.readChanges({ after: next, limit: 10, waitMs: 30_000 }, { signal: stop.signal });
    const reason = new Error('the service stops');
    setTimeout(() => stop.abort(reason), 100);
    await assert.rejects(waiting, (error) => error === reason);
    await assert.rejects(domain.readHealth({ signal: stop.signal }), (error) => error === reason);
    for (let tries = 0; tries < 100 && !directory.lines.some(isGivenUp); tries += 1) await delay(20);
    assert.ok(directory.lines.some(isGivenUp), 'the directory noticed');
  });

  test('gives the directory its refusals as errors with what they say', async () => {
    await assert.rejects(connect.sendObjects(objectBatch('x', 'y', [])), (error) => {
      assert.ok(error instanceof DirectoryError && error instanceof CausewayError);
      assert.equal(error.code, 'ERR_DIRECTORY_CURSOR_CONFLICT');
      assert.equal(error.disposition, 'retry');
      assert.equal(error.details.storedCursor, 'o2');
      assert.ok(error.message.includes(directory.url) && error.message.includes(error.requestId ?? 'none'));
      return true;
    });
    await assert.rejects(connect.readChanges({ after: 0, limit: 1, waitMs: 0 }), {
      code: 'ERR_DIRECTORY_FORBIDDEN',
      disposition: 'halt',
    });
    await assert.rejects(operator.explainUser('no/such user?'), { code: 'ERR_DIRECTORY_USER_UNKNOWN' });
  });

  test('carries a full batch of the longest credentials', async () => {
    const batch = credentialBatch(null, 'big', range(10_000, 12_000));
    const credentials = batch.credentials.map((entry) => {
      const sealed = new Uint8Array(4_095);
      sealed.set(entry.sealed);
      return { ...entry, sealed };
    });
    const { next } = await domain.readChanges({ after: 0, limit: 2_000, waitMs: 0 });
    assert.equal((await connect.sendCredentials(source, { ...batch, credentials })).accepted, 2_000);
    const { changes } = await domain.readChanges({ after: next, limit: 2_000, waitMs: 0 });
    assert.deepEqual(changes.at(-1)?.credential?.sealed, credentials.at(-1)?.sealed);
  });
});

test('a directory that stops answers those who wait, and its data is there when it starts again', async () => {
  const config = createConfig();
  await using first = await startDirectory(config);
  const domain = first.client('domain');
  await domain.registerKey({ publicKey, keyId });
  await first.client('connect').sendCredentials(source, credentialBatch(null, 'c1', range(0, 100)));
  const { next } = await domain.readChanges({ after: 0, limit: 100, waitMs: 0 });
  const waiting = domain.readChanges({ after: next, limit: 10, waitMs: 50_000 });
  await delay(100);
  const stoppedAt = performance.now();
  await first.directory.stop();
  assert.deepEqual(await waiting, { changes: [], next, more: false });
  assert.ok(performance.now() - stoppedAt < 5_000);
  await assert.rejects(domain.readHealth(), { code: 'ERR_DIRECTORY_REFUSED', disposition: 'retry' });

  await using _second = await startDirectory({
    ...config,
    listen: { host: '127.0.0.1', port: Number(new URL(first.url).port) },
  });
  assert.equal((await domain.readChanges({ after: 0, limit: 100, waitMs: 0 })).next, next);
  const status = await domain.readStatus();
  assert.equal(status.agents.find(({ agent }) => agent === 'domain-1')?.feedPosition, 0);
});

test('what a directory cannot start with is named', async () => {
  await using running = await startDirectory();
  const port = Number(new URL(running.url).port);
  const certificate = createConfig().tls;
  const other = testAuthority().issue(['DNS:localhost']);
  const folder = createFolder();
  const cases: [string, Parameters<typeof createConfig>[0]][] = [
    ['ERR_DIRECTORY_PORT_IN_USE', { listen: { host: '127.0.0.1', port } }],
    ['ERR_DIRECTORY_LISTEN', { listen: { host: '192.0.2.1', port: 0 } }],
    ['ERR_DIRECTORY_TLS_READ', { tls: { ...certificate, key: join(folder, 'none.key') } }],
    ['ERR_DIRECTORY_TLS_FORMAT', { tls: { ...certificate, key: certificate.certificate } }],
    ['ERR_DIRECTORY_TLS_MISMATCH', { tls: { ...certificate, key: other.key } }],
    ['ERR_DIRECTORY_DATABASE_OPEN', { database: join(folder, 'none', 'directory.sqlite') }],
  ];
  for (const [code, changes] of cases) {
    await assert.rejects(startDirectory(createConfig(changes)), (error) => {
      assert.ok(error instanceof CausewayError, String(error));
      assert.equal(error.code, code);
      assert.ok(error.nextStep.length > 10);
      return true;
    });
  }
});

test('what is not even HTTP gets an answer, and the directory goes on', async () => {
  await using directory = await startDirectory();
  const { port } = new URL(directory.url);
  const socket = connectTcp({ host: '127.0.0.1', port: Number(port) });
  socket.on('error', () => undefined);
  socket.end('GET / HTTP/1.1\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  assert.deepEqual(await directory.client('connect').readHealth(), { status: 'ok' });
  const { DirectoryClient: Client } = await import('@causeway/contract');
  const plain = new Client({ url: directory.url.replace('https', 'http'), signer: signerOf('connect') });
  try {
    await assert.rejects(plain.readHealth(), (error) => error instanceof DirectoryTransportError);
  } finally {
    await plain.close();
  }
});
