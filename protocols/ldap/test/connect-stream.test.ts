import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { suite, test } from 'node:test';
import { octets, sequence } from '@ad-protocols/asn1';
import { bindSimple } from '../src/bind.ts';
import { connectPlain, connectSecure } from '../src/connect-stream.ts';
import { LdapError } from '../src/errors.ts';
import { bindResponse, LdapPeer, messageOf, resultFields } from './support/ldap-peer.ts';

/** A server on this host that does this with each connection. */
async function listen(serve: (socket: Socket) => void) {
  const server = createServer((socket) => serve(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { host: '127.0.0.1', port, timeoutMs: 2000, [Symbol.dispose]: () => void server.close() };
}

const startTlsAnswer = (id: number, code: number): Uint8Array =>
  messageOf(id, sequence([...resultFields(code), octets('1.3.6.1.4.1.1466.20037', 0x8a)], 0x78));

suite('StartTLS', () => {
  test('is the one request that goes in the clear', async () => {
    const requests: string[] = [];
    using address = await listen((socket) => {
      socket.once('data', (bytes) => {
        requests.push(bytes.toString('hex'));
        socket.end(startTlsAnswer(1, 0));
      });
    });
    await assert.rejects(connectSecure(address, { tls: 'starttls' }), LdapError);
    assert.deepEqual(requests, ['301d02010177188016312e332e362e312e342e312e313436362e3230303337']);
  });

  test('bytes that come before TLS begins are refused: anybody can have sent them', async () => {
    using address = await listen((socket) => {
      socket.once('data', () => socket.write(Buffer.concat([startTlsAnswer(1, 0), startTlsAnswer(2, 0)])));
    });
    await assert.rejects(connectSecure(address, { tls: 'starttls' }), {
      code: 'ERR_LDAP_PROTOCOL',
      message: /before TLS began/,
    });
  });

  const answers = [
    ['refused', startTlsAnswer(1, 53), 'ERR_LDAP_RESULT'],
    ['answered as if it were a sign-in', bindResponse(1, resultFields(0)), 'ERR_LDAP_PROTOCOL'],
    ['answered with another protocol', Buffer.from('220 mail.contoso.test ESMTP\r\n'), 'ERR_LDAP_PROTOCOL'],
    ['answered with an absurd length', Buffer.from('30847fffffff', 'hex'), 'ERR_LDAP_TOO_LARGE'],
  ] as const;
  for (const [what, bytes, code] of answers) {
    test(`${what}: ${code}`, async () => {
      using address = await listen((socket) => socket.once('data', () => socket.end(bytes)));
      await assert.rejects(connectSecure(address, { tls: 'starttls' }), { code });
    });
  }
});

suite('a server that cannot be reached', () => {
  test('has the error of Node as its cause', async () => {
    const address = await listen(() => undefined);
    address[Symbol.dispose]();
    await assert.rejects(connectPlain(address), (error) => {
      assert.ok(error instanceof LdapError);
      assert.equal(error.code, 'ERR_LDAP_CONNECTION');
      assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED');
      return true;
    });
  });

  test('is waited for as long as asked', async () => {
    const sockets: Socket[] = [];
    using address = await listen((socket) => sockets.push(socket));
    const opening = connectSecure({ ...address, timeoutMs: 50 }, { tls: 'ldaps' });
    await assert.rejects(opening, { code: 'ERR_LDAP_TIMEOUT' });
    for (const socket of sockets) socket.destroy();
  });

  test('is given up by the signal, with its reason', async () => {
    const reason = new Error('stopping');
    using address = await listen(() => assert.fail('nothing is to be connected'));
    await assert.rejects(connectPlain({ ...address, signal: AbortSignal.abort(reason) }), (error) => error === reason);
  });
});

suite('a simple bind', () => {
  const options = { server: 'dc1', name: 'alice@corp.test', timeoutMs: 2000 };

  test('is accepted', async () => {
    const [below, other] = duplexPair();
    const bound = bindSimple(below as TLSSocket, { ...options, password: 'secret' });
    const peer = new LdapPeer(other);
    const { id, tag } = await peer.next();
    assert.equal(tag, 0x60);
    peer.send(bindResponse(id, resultFields(0)));
    await bound;
  });

  test('with an empty password, which a server takes for nobody, is not even sent', async () => {
    const [below, other] = duplexPair();
    await assert.rejects(bindSimple(below as TLSSocket, { ...options, password: '' }), {
      code: 'ERR_LDAP_CREDENTIALS',
    });
    assert.equal(other.readableLength, 0);
  });
});
