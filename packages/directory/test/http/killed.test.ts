import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryClient, DirectoryTransportError, type TenantObject } from '@causeway/contract';
import type { DirectoryConfig } from '@causeway/directory';
import { createConfig, signerOf, startDirectory, testAuthority } from '../support/directory.ts';
import { createFolder } from '../support/folder.ts';
import {
  anchorOf,
  batchOf,
  credentialBatch,
  digestOf,
  groupEntry,
  keyId,
  membersEntry,
  publicKey,
  range,
  userEntry,
} from '../support/samples.ts';

/** The numbers of the users of a batch. */
const hundred = (batch: number) => range(batch * 100, batch * 100 + 100);

/** Sends the batch with a number, from 0, where the stream is. */
type Send = (connect: DirectoryClient, number: number, span: { from: string | null; to: string }) => Promise<unknown>;

/** Sends batches to a directory until it is killed in their midst; gives how many it has acknowledged. */
async function sendUntilKilled(config: DirectoryConfig, send: Send): Promise<number> {
  const file = join(createFolder(), 'directory.json');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/directory-process.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const clients: DirectoryClient[] = [];
  let acknowledged = 0;
  try {
    const url = await Promise.race([
      once(child.stdout, 'data').then(([line]: Buffer[]) => String(line).trim()),
      once(child, 'exit').then(() => assert.fail('the directory ended before it listened')),
    ]);
    const clientOf = (role: 'connect' | 'domain'): DirectoryClient => {
      const client = new DirectoryClient({ url, signer: signerOf(role), certificateAuthority: testAuthority().pem });
      clients.push(client);
      return client;
    };
    const connect = clientOf('connect');
    await clientOf('domain').registerKey({ publicKey, keyId });
    const sendAll = async (): Promise<void> => {
      for (;;) {
        const from = acknowledged === 0 ? null : `c${acknowledged}`;
        await send(connect, acknowledged, { from, to: `c${acknowledged + 1}` });
        acknowledged += 1;
        if (acknowledged === 10) setTimeout(() => child.kill('SIGKILL'), 7);
      }
    };
    await assert.rejects(
      sendAll(),
      (error) => error instanceof DirectoryTransportError && error.disposition === 'retry',
    );
  } finally {
    child.kill('SIGKILL');
    await Promise.all(clients.map((client) => client.close()));
  }
  return acknowledged;
}

test('a directory that is killed in the midst of credentials has kept every batch that it acknowledged, each whole', async () => {
  const config = createConfig();
  const acknowledged = await sendUntilKilled(config, async (connect, number, { from, to }) =>
    connect.sendCredentials('corp', credentialBatch(from, to, hundred(number))),
  );
  assert.ok(acknowledged >= 10);

  await using again = await startDirectory(config);
  const { credentialCursor } = await again.client('connect').readSource('corp');
  const kept = Number(credentialCursor?.slice(1));
  // The last one may have been kept without its acknowledgement having arrived.
  assert.ok(kept === acknowledged || kept === acknowledged + 1, `${acknowledged} acknowledged, ${kept} kept`);
  const domain = again.client('domain');
  const status = await domain.readStatus();
  assert.equal(status.credentials, kept * 100);
  let page = await domain.readChanges({ after: 0, limit: 2_000, waitMs: 0 });
  while (page.more) page = await domain.readChanges({ after: page.next, limit: 2_000, waitMs: 0 });
  assert.equal(status.feedHead, page.next);
});

test('a directory that is killed in the midst of objects has kept every batch that it acknowledged, each whole', async () => {
  const config = createConfig();
  const group = 1_000_000;
  // Each batch has users, makes them members of one group, and deletes those of the batch before.
  const acknowledged = await sendUntilKilled(config, async (connect, number, { from, to }) =>
    connect.sendObjects(
      batchOf(from, to, {
        users: Array.from(hundred(number), (user) => userEntry(user)),
        groups: [groupEntry(group)],
        members: [membersEntry(group, hundred(number))],
        deletions: Array.from(number === 0 ? [] : hundred(number - 1), (user) => ({
          anchor: anchorOf(user),
          type: 'user',
        })),
      }),
    ),
  );

  await using again = await startDirectory(config);
  const connect = again.client('connect');
  const objects: TenantObject[] = [];
  let page = await connect.readObjects({ after: 0, limit: 2_000 });
  objects.push(...page.objects);
  while (page.more) {
    page = await connect.readObjects({ after: page.next, limit: 2_000 });
    objects.push(...page.objects);
  }
  const kept = Number(page.objectCursor?.slice(1));
  assert.ok(kept === acknowledged || kept === acknowledged + 1, `${acknowledged} acknowledged, ${kept} kept`);
  assert.deepEqual(page.total, { users: 100, groups: 1 });
  assert.equal(objects.length, kept * 100 + 1);
  assert.equal(objects.filter(({ deleted }) => deleted).length, (kept - 1) * 100);
  const found = objects.find(({ anchor }) => anchor === anchorOf(group));
  assert.ok(found?.type === 'group');
  assert.deepEqual([found.memberCount, found.memberDigest], [kept * 100, digestOf(range(0, kept * 100))]);
});
