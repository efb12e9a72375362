import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryClient, DirectoryTransportError } from '@causeway/contract';
import { createConfig, signerOf, startDirectory, testAuthority } from '../support/directory.ts';
import { createFolder } from '../support/folder.ts';
import { credentialBatch, keyId, publicKey, range } from '../support/samples.ts';

test('a directory that is killed in the midst of batches has kept every one that it acknowledged, each whole', async () => {
  const config = createConfig();
  const file = join(createFolder(), 'directory.json');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/directory-process.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = line.toString().trim();
  const clientOf = (role: 'connect' | 'domain') =>
    new DirectoryClient({ url, signer: signerOf(role), certificateAuthority: testAuthority().pem });
  const [connect, domain] = [clientOf('connect'), clientOf('domain')];
  await domain.registerKey({ publicKey, keyId });

  let acknowledged = 0;
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
  assert.ok(acknowledged >= 10);
  await Promise.all([connect.close(), domain.close()]);

  const again = await startDirectory(config);
  const { credentialCursor } = await again.client('connect').readSource('corp');
  const kept = Number(credentialCursor?.slice(1));
  // The last one may have been kept without its acknowledgement having arrived.
  assert.ok(kept === acknowledged || kept === acknowledged + 1, `${acknowledged} acknowledged, ${kept} kept`);
  const status = await again.client('domain').readStatus();
  assert.equal(status.credentials, kept * 100);
  assert.equal(status.feedHead, kept * 100);
  await again.stop();
});
