import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  AgentSigner,
  DirectoryClient,
  DirectoryTransportError,
  errorCodes,
  generateAgentKey,
  type DirectoryClientOptions,
} from '@causeway/contract';
import { createFolder } from './support/folder.ts';

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Certificates made with the openssl program. */
function makeCertificates() {
  const folder = createFolder();
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = (name: string): void =>
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
  authority('trusted');
  authority('stranger');
  writeFileSync(join(folder, 'index.txt'), '');
  const issue = (
    name: string,
    issuer: string,
    { names = 'IP:127.0.0.1', from = '20200101000000Z', to = '20991231000000Z' } = {},
  ): Certificate => {
    writeFileSync(
      join(folder, 'ca.conf'),
      `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\nunique_subject=no\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=${names}\n`,
    );
    openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const dates = ['-startdate', from, '-enddate', to];
    const signing = ['-cert', `${issuer}.pem`, '-keyfile', `${issuer}.key`];
    const files = ['-in', `${name}.csr`, '-out', `${name}.pem`, '-notext'];
    openssl('ca', '-batch', '-config', 'ca.conf', ...signing, ...dates, ...files);
    return {
      cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
      key: readFileSync(join(folder, `${name}.key`), 'utf8'),
    };
  };
  return { authority: readFileSync(join(folder, 'trusted.pem'), 'utf8'), issue };
}

const signer = new AgentSigner({
  agentId: 'connect-1',
  tenant: 'contoso',
  privateKey: createPrivateKey(generateAgentKey().privateKey),
});

const answer =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(body);

describe('the client tells what is wrong', () => {
  let certificates: ReturnType<typeof makeCertificates>;
  let good: Certificate;
  before(() => {
    certificates = makeCertificates();
    good = certificates.issue('good', 'trusted');
  });
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  after(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  const listen = async (server: Server): Promise<string> => {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const serve = (certificate: Certificate, listener: RequestListener): Promise<string> =>
    listen(createHttpsServer(certificate, listener));

  const failing = async (code: string, url: string, options: Partial<DirectoryClientOptions> = {}): Promise<string> => {
    const client = new DirectoryClient({ url, signer, certificateAuthority: certificates.authority, ...options });
    try {
      await client.readTenant();
    } catch (error) {
      assert.ok(error instanceof DirectoryTransportError, String(error));
      assert.equal(error.code, code);
      assert.ok(error.message.includes(url), error.message);
      assert.ok(error.nextStep.length > 20);
      assert.equal(error.disposition, 'retry');
      return error.message;
    } finally {
      await client.close();
    }
    return assert.fail(`expected ${code}`);
  };

  test('an expired certificate', async () => {
    const expired = certificates.issue('expired', 'trusted', { to: '20210101000000Z' });
    assert.match(
      await failing('ERR_DIRECTORY_CERTIFICATE_EXPIRED', await serve(expired, answer(200, '{}'))),
      /has expired/,
    );
  });

  test('a certificate that is not valid yet', async () => {
    const early = certificates.issue('early', 'trusted', { from: '20980101000000Z' });
    await failing('ERR_DIRECTORY_CERTIFICATE_NOT_YET_VALID', await serve(early, answer(200, '{}')));
  });

  test('a certificate for another name, with both names', async () => {
    const other = certificates.issue('other', 'trusted', { names: 'DNS:directory.contoso.test' });
    const message = await failing('ERR_DIRECTORY_CERTIFICATE_NAME', await serve(other, answer(200, '{}')));
    assert.match(message, /another name/);
    assert.match(message, /127\.0\.0\.1/);
  });

  test('a certificate of an unknown issuer, with and without a configured authority', async () => {
    const url = await serve(certificates.issue('strange', 'stranger'), answer(200, '{}'));
    assert.match(await failing('ERR_DIRECTORY_CERTIFICATE_ISSUER', url), /not trusted/);
    await failing('ERR_DIRECTORY_CERTIFICATE_ISSUER', url, { certificateAuthority: undefined });
  });

  test('a port where nothing listens', async () => {
    const server = createTcpServer();
    const url = await listen(server);
    server.close();
    await once(server, 'close');
    assert.match(await failing('ERR_DIRECTORY_REFUSED', url), /ECONNREFUSED/);
  });

  test('a name that does not resolve', async () => {
    await failing('ERR_DIRECTORY_NAME', 'https://directory.invalid');
  });

  test('a port that speaks no TLS', async () => {
    const url = await listen(createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    await failing('ERR_DIRECTORY_TLS', url);
  });

  test('a host that accepts and then says nothing, before and after TLS', async () => {
    const silent = await listen(createTcpServer(() => undefined));
    await failing('ERR_DIRECTORY_CONNECT_TIMEOUT', silent, { connectTimeoutMs: 300 });
    const mute = await serve(good, () => undefined);
    await failing('ERR_DIRECTORY_TIMEOUT', mute, { answerTimeoutMs: 300 });
  });

  test('an answer that stops half-way', async () => {
    const url = await serve(good, (request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"tenant":');
      setTimeout(() => request.socket.destroy(), 50);
    });
    await failing('ERR_DIRECTORY_CONNECTION_LOST', url);
  });

  test('a connection that is closed without an answer', async () => {
    await failing('ERR_DIRECTORY_CONNECTION_LOST', await serve(good, (request) => void request.socket.destroy()));
  });

  test('another program: no JSON, another error, an answer against the schema', async () => {
    await failing('ERR_DIRECTORY_INVALID_RESPONSE', await serve(good, answer(200, '<html>')));
    await failing('ERR_DIRECTORY_INVALID_RESPONSE', await serve(good, answer(502, '{"error":"Bad Gateway"}')));
    const message = await failing(
      'ERR_DIRECTORY_INVALID_RESPONSE',
      await serve(good, answer(200, '{"tenant":"contoso","keyId":"XYZ","publicKey":null}')),
    );
    assert.match(message, /keyId/);
    assert.ok(!message.includes('XYZ'));
  });

  test('an answer that has more than this release knows is taken', async () => {
    const body = JSON.stringify({ tenant: 'contoso', keyId: null, publicKey: null, region: 'eu' });
    const client = new DirectoryClient({
      url: await serve(good, answer(200, body)),
      signer,
      certificateAuthority: certificates.authority,
    });
    assert.deepEqual(await client.readTenant(), { tenant: 'contoso', keyId: null, publicKey: null });
    await client.close();
  });

  test('every refusal of the directory, each with its own code and next step', async () => {
    for (const [code, entry] of Object.entries(errorCodes)) {
      const body = { code, message: entry.message, nextStep: entry.nextStep, requestId: 'r-1' };
      const url = await serve(good, answer(entry.status, JSON.stringify(body)));
      const client = new DirectoryClient({ url, signer, certificateAuthority: certificates.authority });
      await assert.rejects(client.readTenant(), {
        name: 'DirectoryError',
        code: `ERR_DIRECTORY_${code.toUpperCase()}`,
        status: entry.status,
        disposition: entry.disposition,
        nextStep: entry.nextStep,
        requestId: 'r-1',
      });
      await client.close();
    }
  });
});
