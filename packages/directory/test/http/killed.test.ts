import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryClient, DirectoryTransportError } from '@causeway/contract';
import type { DirectoryConfig } from '@causeway/directory';
import { createConfig, signerOf, startDirectory, testAuthority } from '../support/directory.ts';
import { createFolder } from '../support/folder.ts';
import { credentialBatch, keyId, publicKey, range } from '../support/samples.ts';

/** Sends batches of 100 to a directory until it is killed in their midst; gives how many it has acknowledged. */
async function sendUntilKilled(config: DirectoryConfig): Promise<number> {
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
    const send = async (): Promise<void> => {
      for (;;) {
        const from = acknowledged === 0 ? null : `c${acknowledged}`;
        const numbers = range(acknowledged * 100, acknowledged * 100 + 100);
        await connect.sendCredentials('corp', credentialBatch(from, `c${acknowledged + 1}`, numbers));
        acknowledged += 1;
        if (acknowledged === 10) setTimeout(() => child.kill('SIGKILL'), 7);
      }
    };
    await assert.rejects(send(), (error) => error instanceof DirectoryTransportError && error.disposition === 'retry');
  } finally {
    child.kill('SIGKILL');
    await Promise.all(clients.map((client) => client.close()));
  }
  return acknowledged;
}

test('a directory that is killed in the midst of batches has kept every one that it acknowledged, each whole', async () => {
  const config = createConfig();
  const acknowledged = await sendUntilKilled(config);
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
