import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { systemClock } from '@causeway/model';
import { CertificateKeeper } from '../src/certificate.ts';
import { createRecorder, testAuthority } from './support/directory.ts';
import { createFolder } from './support/folder.ts';

test('a certificate that was put in place of an expired one is used without a restart', async () => {
  const folder = createFolder();
  const paths = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  const install = (files: { certificate: string; key: string }): void => {
    copyFileSync(files.certificate, paths.certificate);
    copyFileSync(files.key, paths.key);
  };
  install(testAuthority().issue(['IP:127.0.0.1'], { to: '20210101000000Z' }));
  const logger = createRecorder();
  const keeper = new CertificateKeeper({ paths, logger, clock: systemClock });
  const tls = await keeper.load();
  assert.ok(logger.lines.some(({ level, message }) => level === 'warn' && message.includes('has expired')));

  const server = createServer({ cert: tls.certificate, key: tls.key });
  after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const handshake = async (): Promise<string> => {
    const socket = connectTls({ host: '127.0.0.1', port, ca: testAuthority().pem });
    try {
      await once(socket, 'secureConnect');
      return 'trusted';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unknown';
    } finally {
      socket.destroy();
    }
  };
  assert.equal(await handshake(), 'CERT_HAS_EXPIRED');

  writeFileSync(paths.certificate, 'half a certificate');
  await keeper.renew(server);
  assert.ok(logger.lines.at(-1)?.message.includes('stays'));
  assert.equal(await handshake(), 'CERT_HAS_EXPIRED');

  install(testAuthority().issue(['IP:127.0.0.1']));
  await keeper.renew(server);
  assert.equal(logger.lines.at(-1)?.message, 'certificate renewed');
  assert.equal(await handshake(), 'trusted');

  const lines = logger.lines.length;
  await keeper.renew(server);
  assert.equal(logger.lines.length, lines);
});
