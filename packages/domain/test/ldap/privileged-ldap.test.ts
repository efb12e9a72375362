import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { CausewayError } from '@causeway/model';
import { encodeBer, integer, octets, readElements, sequence, tags } from '@ad-protocols/asn1';
import { PrivilegedLdap } from '../../src/ldap/privileged-ldap.ts';

const search = { base: '', scope: 'base', filter: { present: 'objectClass' }, attributes: ['cn'] } as const;

/** A server on a socket of its own that does with each request what the test says. */
async function serve(context: TestContext, onRequest: (socket: Socket, id: number) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'causeway-ldapi-'));
  const path = join(folder, 'ldapi');
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      for (const { content } of readElements(data, 'requests')) {
        onRequest(socket, Buffer.from(readElements(content, 'request')[0]?.content ?? []).readUIntBE(0, 1));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return path;
}

function result(id: number, code: number, diagnostic = ''): Uint8Array {
  return encodeBer(
    sequence([integer(id), sequence([integer(code, tags.enumerated), octets(''), octets(diagnostic)], 0x65)]),
  );
}

function unavailable(pattern: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof CausewayError);
    assert.equal(error.code, 'ERR_DOMAIN_MANAGED_DC_UNAVAILABLE');
    assert.equal(error.disposition, 'retry');
    assert.match(error.message, pattern);
    assert.match(error.nextStep, /start Samba/);
    return true;
  };
}

test('a socket that is not there is named, with the next step', async () => {
  const ldap = new PrivilegedLdap({ path: '/nonexistent/ldap_priv/ldapi' });
  await assert.rejects(ldap.search(search), unavailable(/\/nonexistent\/ldap_priv\/ldapi: it is not there/));
});

test('answers that arrive byte by byte and together are told apart', async (context) => {
  let first: Socket | undefined;
  const path = await serve(context, (socket, id) => {
    const bytes = result(id, id === 2 ? 32 : 0, 'x'.repeat(300));
    if (first === undefined) {
      first = socket;
      for (let at = 0; at < bytes.length; at += 1) setImmediate(() => socket.write(bytes.subarray(at, at + 1)));
    } else {
      socket.write(Buffer.concat([result(99, 0), bytes]));
    }
  });
  const ldap = new PrivilegedLdap({ path });
  assert.deepEqual(await ldap.search(search), []);
  const answers = await Promise.all([1, 2, 3].map(async () => ldap.write({ kind: 'rename', dn: 'cn=a', rdn: 'cn=b' })));
  assert.deepEqual(
    answers.map(({ code }) => code),
    [32, 0, 0],
  );
  ldap.close();
});

test('a connection that is closed fails what waited, and the next request opens another', async (context) => {
  let requests = 0;
  const path = await serve(context, (socket, id) => {
    requests += 1;
    if (requests <= 2) socket.destroy();
    else socket.write(result(id, 0));
  });
  const ldap = new PrivilegedLdap({ path });
  const both = await Promise.allSettled([ldap.search(search), ldap.search(search)]);
  for (const one of both) assert.equal(one.status, 'rejected');
  requests = 2;
  assert.deepEqual(await ldap.search(search), []);
  ldap.close();
});

test('a server that does not answer is given up after the time, and named', async (context) => {
  const path = await serve(context, () => undefined);
  const ldap = new PrivilegedLdap({ path, answerTimeoutMs: 30 });
  await assert.rejects(ldap.search(search), unavailable(/it has not answered for 30 ms/));
});

test('bytes that are no LDAP end the connection instead of hanging', async (context) => {
  const path = await serve(context, (socket) => socket.write(Uint8Array.of(0x30, 0x80, 1, 2, 3)));
  const ldap = new PrivilegedLdap({ path, answerTimeoutMs: 5_000 });
  await assert.rejects(ldap.search(search), unavailable(/an indefinite length/));
});

test('a busy server is worth another try, a refusal is an answer', async (context) => {
  let code = 51;
  const path = await serve(context, (socket, id) => socket.write(result(id, code, 'words')));
  const ldap = new PrivilegedLdap({ path });
  await assert.rejects(ldap.write({ kind: 'rename', dn: 'cn=a', rdn: 'cn=b' }), unavailable(/busy: words/));
  code = 68;
  assert.deepEqual(await ldap.write({ kind: 'rename', dn: 'cn=a', rdn: 'cn=b' }), { code: 68, diagnostic: 'words' });
  await assert.rejects(ldap.search(search), unavailable(/error 68: words/));
  ldap.close();
});
