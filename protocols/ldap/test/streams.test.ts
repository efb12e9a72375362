import assert from 'node:assert/strict';
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { suite, test } from 'node:test';
import * as fc from 'fast-check';
import { SecurityError, type SecurityContext } from '@ad-protocols/gss';
import { NtlmContext } from '@ad-protocols/ntlm';
import { FrameBuffer } from '../src/frame-buffer.ts';
import { MessageStream, messageFraming } from '../src/message-stream.ts';
import { SealedStream } from '../src/sealed-stream.ts';
import { searchEntry } from './support/ldap-peer.ts';

const server = 'dc1.corp.test:389';

const unused = (): never => assert.fail('not used by a stream');

const turned = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);

/** A context whose tokens show what is in them: a byte 0x5a, then the content turned over. */
function openContext(): SecurityContext & { wiped: boolean } {
  return {
    mechanismName: 'test',
    sessionKey: new Uint8Array(),
    sealSignatureBytes: 1,
    signSignatureBytes: 1,
    seal: unused,
    open: unused,
    sign: unused,
    verify: unused,
    wrap: (message) => Uint8Array.of(0x5a, ...turned(message)),
    unwrap(token) {
      if (token[0] === 0x5a) return turned(token.subarray(1));
      throw new SecurityError({ code: 'ERR_GSS_SIGNATURE', message: 'altered', nextStep: 'Repeat.' });
    },
    wiped: false,
    wipe() {
      this.wiped = true;
    },
  };
}

const sealed = (content: Uint8Array): Buffer => {
  const token = openContext().wrap(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(token.length);
  return Buffer.concat([length, token]);
};

/** Bytes in pieces of the given sizes, the rest in one. */
function torn(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 });
const contents = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });

suite('messages are told apart however they are torn', () => {
  test('any pieces give the same messages', () => {
    fc.assert(
      fc.property(contents, sizes, (values, cuts) => {
        const messages = values.map((value, index) => searchEntry(index + 1, 'cn=a', { value: [value] }));
        const frames = new FrameBuffer(messageFraming);
        const got: Uint8Array[] = [];
        for (const piece of torn(Buffer.concat(messages), cuts)) {
          frames.push(piece);
          for (let frame = frames.next(); frame !== undefined; frame = frames.next()) got.push(Uint8Array.from(frame));
        }
        assert.deepEqual(got, messages);
        assert.equal(frames.length, 0);
      }),
      { numRuns: 300 },
    );
  });

  test('what is left over can be taken back', () => {
    const frames = new FrameBuffer(messageFraming);
    frames.push(Buffer.from('3000300', 'latin1'));
    frames.takeRest();
    frames.push(Uint8Array.of(0x30, 0, 0x30));
    assert.deepEqual(frames.next(), Uint8Array.of(0x30, 0));
    assert.deepEqual(frames.takeRest(), Uint8Array.of(0x30));
  });

  test('a length that nobody takes is refused at its header, without waiting for the rest', () => {
    const frames = new FrameBuffer(messageFraming);
    frames.push(Uint8Array.of(0x30, 0x84, 0x7f, 0xff, 0xff, 0xff));
    assert.throws(() => frames.next(), { code: 'ERR_LDAP_TOO_LARGE' });
  });

  test('a thousand small messages in one piece arrive one by one', async () => {
    const [below, peer] = duplexPair();
    const stream = new MessageStream(below, server);
    const message = searchEntry(1, 'cn=a');
    peer.end(Buffer.concat(Array.from({ length: 1000 }, () => message)));
    const got: Uint8Array[] = await stream.toArray();
    assert.equal(got.length, 1000);
    assert.ok(got.every((one) => Buffer.isBuffer(one) && one.equals(message)));
  });
});

suite('a sealed stream', () => {
  test('gives what was sealed, in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(contents, sizes, async (values, cuts) => {
        const [below, peer] = duplexPair();
        const stream = new SealedStream(below, openContext(), { server });
        for (const piece of torn(Buffer.concat(values.map(sealed)), cuts)) peer.write(piece);
        peer.end();
        assert.deepEqual(Buffer.concat(await stream.toArray()), Buffer.concat(values));
      }),
      { numRuns: 100 },
    );
  });

  test('seals what is written in tokens no larger than the server takes', async () => {
    const [below, peer] = duplexPair();
    const stream = new SealedStream(below, openContext(), { server, sendBytesMax: 1024 });
    const content = Buffer.alloc(10_000, 7);
    stream.end(content);
    const bytes = Buffer.concat(await peer.toArray());
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = bytes.readUInt32BE(at);
      assert.ok(length <= 1024, `${length} bytes`);
      parts.push(openContext().unwrap(bytes.subarray(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    assert.deepEqual(Buffer.concat(parts), content);
  });

  test('shows nothing of the text under NTLM', async () => {
    const [below, peer] = duplexPair();
    const stream = new SealedStream(below, new NtlmContext(Buffer.alloc(16, 9)), { server });
    stream.write('first');
    stream.end('second');
    const sent = Buffer.concat(await peer.toArray());
    assert.equal(sent.length, 2 * (4 + 16) + 'firstsecond'.length);
    assert.doesNotMatch(sent.toString('latin1'), /first|second/);
  });

  const broken = [
    ['a token that was altered', Buffer.from('00000003a50102', 'hex'), 'ERR_GSS_SIGNATURE'],
    ['a token of no length', Buffer.from('00000000', 'hex'), 'ERR_GSS_SIGNATURE'],
    ['a length that nobody takes', Buffer.from('7fffffff', 'hex'), 'ERR_LDAP_TOO_LARGE'],
    ['a length one above the limit', Buffer.from('01000001', 'hex'), 'ERR_LDAP_TOO_LARGE'],
    ['an end within a token', Buffer.from('000000105a', 'hex'), 'ERR_LDAP_PROTOCOL'],
    ['an end within a length', Buffer.from('0000', 'hex'), 'ERR_LDAP_PROTOCOL'],
    ['plain LDAP in place of tokens', Buffer.from(searchEntry(1, 'cn=a')), 'ERR_LDAP_TOO_LARGE'],
  ] as const;
  for (const [name, bytes, code] of broken) {
    test(`${name} ends it with an error, and wipes the keys`, async () => {
      const [below, peer] = duplexPair();
      const context = openContext();
      const stream = new SealedStream(below, context, { server });
      peer.end(bytes);
      await assert.rejects(stream.toArray(), { code });
      assert.equal(stream.destroyed, true);
      assert.equal(below.destroyed, true);
      assert.equal(context.wiped, true);
    });
  }

  test('keeps an error that comes before anybody listens', async () => {
    const [below] = duplexPair();
    const stream = new SealedStream(below, openContext(), { server });
    below.destroy();
    await turn();
    assert.equal(stream.destroyed, true);
    assert.equal(stream.errored && 'code' in stream.errored && stream.errored.code, 'ERR_LDAP_CLOSED');
  });

  test('is an error when the connection below is lost', async () => {
    const [below] = duplexPair();
    const stream = new SealedStream(below, openContext(), { server });
    stream.resume();
    below.destroy();
    const [error] = (await once(stream, 'error')) as [Error];
    assert.equal('code' in error && error.code, 'ERR_LDAP_CLOSED');
  });

  test('does not read while nobody takes what it has, nor accept more than the server takes', async () => {
    const [below, peer] = duplexPair();
    const stream = new SealedStream(below, openContext(), { server });
    const piece = Buffer.alloc(60_000);
    let written = 0;
    while (peer.write(sealed(piece))) written += 1;
    for (let round = 0; round < 20; round += 1) {
      await turn();
      while (!peer.writableNeedDrain && written < 100) {
        peer.write(sealed(piece));
        written += 1;
      }
    }
    assert.ok(written < 20, `${written} pieces went into a stream that nobody reads`);
    assert.equal(stream.write(Buffer.alloc(200_000)), false);
    stream.destroy();
  });

  test('looks like an open socket to ldapts, and like a closed one in the end', () => {
    const [below] = duplexPair();
    const stream = new SealedStream(below, openContext(), { server });
    assert.equal(stream.connecting, false);
    assert.equal(stream.readyState, 'open');
    stream.destroy();
    assert.equal(stream.readyState, 'closed');
  });
});
