import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DirectoryError } from '@causeway/contract';
import { createConfig, startDirectory } from '../support/directory.ts';
import { credentialBatch, keyId, publicKey, range } from '../support/samples.ts';
import { createFolder } from '../support/folder.ts';

const skip = process.getuid?.() === 0 ? false : 'mounting a small disk needs root';

test(
  'a full disk refuses batches whole, serves what is there, and takes them by itself when there is space',
  { skip },
  async () => {
    const folder = createFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'causeway-test', folder]);
    try {
      await using directory = await startDirectory(createConfig({ database: join(folder, 'directory.sqlite') }));
      const connect = directory.client('connect');
      const domain = directory.client('domain');
      await domain.registerKey({ publicKey, keyId });
      await connect.sendCredentials('corp', credentialBatch(null, 'c0', range(0, 10)));
      const ballast = join(folder, 'ballast');
      writeFileSync(ballast, Buffer.alloc(5 * 1_024 * 1_024));

      const batches = Array.from({ length: 6 }, (_, index) =>
        credentialBatch(`c${index}`, `c${index + 1}`, range(index * 1_000, index * 1_000 + 1_000)),
      );
      let accepted = 0;
      const failure = await (async () => {
        for (const batch of batches) {
          await connect.sendCredentials('corp', batch);
          accepted += 1;
        }
        return undefined;
      })().catch((error: unknown) => error);
      assert.ok(failure instanceof DirectoryError, String(failure));
      assert.equal(failure.code, 'ERR_DIRECTORY_STORAGE_FULL');
      assert.equal(failure.status, 507);
      assert.equal(failure.disposition, 'retry');
      assert.ok(failure.message.includes(folder) && failure.nextStep.includes('Free space'));
      assert.ok(accepted < batches.length);

      // Nothing is half-written, and reading goes on.
      assert.equal((await connect.readSource('corp')).credentialCursor, `c${accepted}`);
      const status = await domain.readStatus();
      assert.equal(status.credentials, Math.max(10, accepted * 1_000));
      assert.equal(
        (await domain.readChanges({ after: 0, limit: 2_000, waitMs: 0 })).changes.length,
        Math.min(2_000, status.credentials),
      );
      await assert.rejects(connect.sendCredentials('corp', batches[accepted] ?? assert.fail()), { status: 507 });

      rmSync(ballast);
      const later = batches.slice(accepted, accepted + 2);
      for (const batch of later) await connect.sendCredentials('corp', batch);
      assert.equal((await connect.readSource('corp')).credentialCursor, `c${accepted + later.length}`);
      assert.ok(directory.lines.some(({ level, fields }) => level === 'error' && fields['code'] === 'storage_full'));
    } finally {
      execFileSync('umount', ['--lazy', folder]);
    }
  },
);
