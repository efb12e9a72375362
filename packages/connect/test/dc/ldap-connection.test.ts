import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { createServer } from 'node:tls';
import { NtlmMechanism } from '@ad-protocols/ntlm';
import { CausewayError } from '@causeway/model';
import { connectConfigSchema } from '../../src/config.ts';
import { LdapConnection } from '../../src/dc/ldap-connection.ts';

const certificates = join(import.meta.dirname, '../certificates');
const password = 'never-to-be-shown';
const signIn = { password, mechanism: new NtlmMechanism({ domain: 'CORP', user: 'svc-causeway', password }) };

interface Target {
  readonly host?: string;
  readonly port: number;
  readonly ca?: string;
  readonly tls?: 'starttls' | 'ldaps' | 'sasl';
}

function targetOf({ host = 'localhost', port, ca = join(certificates, 'ca.pem'), tls = 'ldaps' }: Target) {
  const connector = connectConfigSchema.shape.connectors.element.parse({
    name: 'corp.contoso.test',
    domains: [{ name: 'corp.contoso.test', domainControllers: [host] }],
    ldap: { tls, ca, port },
    account: { name: 'svc-causeway', passwordFile: '/etc/causeway/password' },
  });
  return { connector, host };
}

/** What opening a connection fails with. */
async function failureOf(target: Target, signal = new AbortController().signal): Promise<CausewayError> {
  const error: unknown = await LdapConnection.open(targetOf(target), signIn, signal).then(
    () => assert.fail('the connection was opened'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof CausewayError, String(error));
  assert.doesNotMatch(`${error.message} ${error.nextStep}`, new RegExp(password));
  return error;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Bytes that a TLS server with this certificate got from a client, and its port. */
async function tlsServer(certificate: string) {
  const received: Buffer[] = [];
  const server = createServer(
    {
      key: readFileSync(join(certificates, 'server.key')),
      cert: readFileSync(join(certificates, `${certificate}.pem`)),
    },
    (socket) => socket.on('data', (data) => received.push(data)).on('error', () => undefined),
  );
  return { port: await listen(server), received, [Symbol.dispose]: () => void server.close() };
}

suite("the domain controller's certificate is verified before the password is sent", () => {
  const rows = [
    ['expired', 'ERR_CONNECT_DC_CERTIFICATE', /certificate of the domain controller localhost has expired/, /renew/],
    ['future', 'ERR_CONNECT_DC_CERTIFICATE', /not valid yet by this host's clock/, /set the clocks/],
    [
      'other-name',
      'ERR_CONNECT_DC_CERTIFICATE',
      /not issued for the name localhost/,
      /connectors\.domains\.domainControllers/,
    ],
    ['stranger', 'ERR_CONNECT_DC_CERTIFICATE', /authority that is not trusted/, /connectors\.ldap\.ca/],
  ] as const;
  for (const [certificate, code, message, nextStep] of rows) {
    test(`${certificate}: refused with the reason, and nothing is sent`, async () => {
      using server = await tlsServer(certificate);
      const failure = await failureOf({ port: server.port });
      assert.equal(failure.code, code);
      assert.match(failure.message, message);
      assert.match(failure.nextStep, nextStep);
      assert.deepEqual(server.received, []);
    });
  }

  test('valid: the bind is sent', { timeout: 10_000 }, async () => {
    using server = await tlsServer('valid');
    const stop = new AbortController();
    const opening = LdapConnection.open(targetOf({ port: server.port }), signIn, stop.signal).catch(() => undefined);
    while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.match(Buffer.concat(server.received).toString('latin1'), /svc-causeway@corp\.contoso\.test/);
    server[Symbol.dispose]();
    stop.abort(new Error('enough'));
    await opening;
  });
});

suite('a domain controller that cannot be talked to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-connect-'));
  after(() => rmSync(folder, { recursive: true }));

  test('a name that does not resolve is named', async () => {
    const failure = await failureOf({ host: 'dc.invalid', port: 636 });
    assert.equal(failure.code, 'ERR_CONNECT_DC_NAME');
    assert.match(failure.message, /dc\.invalid does not resolve/);
    assert.match(failure.nextStep, /getent hosts dc\.invalid/);
  });

  test('a port that nobody listens on is named', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    server.close();
    const failure = await failureOf({ port });
    assert.equal(failure.code, 'ERR_CONNECT_DC_UNREACHABLE');
    assert.match(failure.message, new RegExp(`localhost port ${port} refuses connections`));
  });

  for (const tls of ['ldaps', 'starttls', 'sasl'] as const) {
    test(`a server that hangs up is told (${tls})`, async () => {
      const server = createTcpServer((socket) => socket.end());
      const port = await listen(server);
      const failure = await failureOf({ port, tls });
      server.close();
      assert.equal(failure.code, 'ERR_CONNECT_DC_UNREACHABLE');
    });
  }

  test('a server that does not speak TLS is told', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined).end('220 mail.contoso.test ESMTP\r\n');
    });
    const port = await listen(server);
    const failure = await failureOf({ port });
    server.close();
    assert.equal(failure.code, 'ERR_CONNECT_DC_TLS');
    assert.match(failure.nextStep, /speaks TLS/);
  });

  test('a missing authority file is named', async () => {
    const failure = await failureOf({ port: 636, ca: join(folder, 'missing.pem') });
    assert.equal(failure.code, 'ERR_CONNECT_CA_FILE');
    assert.match(failure.message, /missing\.pem cannot be read/);
  });

  test('an authority file that is no certificate is named', async () => {
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, 'not a certificate');
    chmodSync(ca, 0o644);
    const failure = await failureOf({ port: 636, ca });
    assert.equal(failure.code, 'ERR_CONNECT_CA_FILE');
    assert.match(failure.message, /ca\.pem/);
  });

  test('raising the signal ends an attempt at once', { timeout: 5000 }, async () => {
    const server = createTcpServer((socket) => socket.on('error', () => undefined));
    const port = await listen(server);
    const stop = new AbortController();
    const reason = new Error('stopping');
    setTimeout(() => stop.abort(reason), 50);
    await assert.rejects(LdapConnection.open(targetOf({ port }), signIn, stop.signal), (error) => error === reason);
    server.close();
  });
});
