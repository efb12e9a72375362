import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NtlmContext, SIGNATURE_BYTES } from '@ad-protocols/ntlm';
import { hex, Sealing } from '@ad-protocols/testing';
import * as fc from 'fast-check';

const sessionKey = hex('55555555555555555555555555555555');
const plaintext = hex('50006c00610069006e007400650078007400');

/** The other side of a context, which shares no code with it. */
function peer(direction: 'client-to-server' | 'server-to-client'): Sealing {
  return new Sealing(Buffer.from(sessionKey), direction);
}

/** What the server's side makes of a message: signature ‖ encrypted message. */
function wrappedBy(server: Sealing, message: Uint8Array): Uint8Array {
  const sealed = server.stream(message);
  return new Uint8Array(Buffer.concat([server.sign(message), sealed]));
}

test('a message is wrapped as in [MS-NLMP] 4.2.4.4: signature, then the encrypted message', () => {
  const context = new NtlmContext(sessionKey.slice());
  assert.deepEqual(
    context.wrap(plaintext),
    hex('01000000 7fb38ec5c55d4976 00000000 54e50165bf1936dc996020c1811b0f06fb5f'),
  );
  assert.deepEqual([context.signSignatureBytes, context.sealSignatureBytes], [SIGNATURE_BYTES, SIGNATURE_BYTES]);
});

test('what the server wraps is unwrapped, in order and of any length', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), (messages) => {
      const server = peer('server-to-client');
      const context = new NtlmContext(sessionKey.slice());
      for (const message of messages) assert.deepEqual(context.unwrap(wrappedBy(server, message)), message);
    }),
  );
});

test('a damaged, repeated or cut token is refused', () => {
  const token = wrappedBy(peer('server-to-client'), plaintext);
  const refused = { code: 'ERR_GSS_SIGNATURE' };
  for (let length = 0; length < token.length; length += 1) {
    assert.throws(() => new NtlmContext(sessionKey.slice()).unwrap(token.subarray(0, length)), refused);
  }
  for (let at = 0; at < token.length; at += 1) {
    const damaged = token.with(at, (token[at] ?? 0) ^ 0x10);
    assert.throws(() => new NtlmContext(sessionKey.slice()).unwrap(damaged), refused);
  }
  const context = new NtlmContext(sessionKey.slice());
  context.unwrap(token);
  assert.throws(() => context.unwrap(token), refused);
});

test('after the signatures of a negotiation the key streams begin anew, and the numbers run on', () => {
  const context = new NtlmContext(sessionKey.slice());
  const list = hex('300c060a2b06010401823702020a');
  assert.equal(context.mustSignMechanismList, true);
  assert.equal(context.verify(list, peer('server-to-client').sign(list)), true);
  const ownSignature = context.sign(list);
  assert.deepEqual(ownSignature, new Uint8Array(peer('client-to-server').sign(list)));
  context.restartKeyStreams();

  const wrapped = context.wrap(plaintext);
  assert.deepEqual(wrapped.subarray(SIGNATURE_BYTES), hex('54e50165bf1936dc996020c1811b0f06fb5f'), 'the stream');
  assert.deepEqual(wrapped.subarray(12, SIGNATURE_BYTES), hex('01000000'), 'the number');
});

test('a message with a wrong signature is not given out', () => {
  const message = plaintext.slice();
  assert.equal(new NtlmContext(sessionKey.slice()).open(message, { start: 2, end: 10 }, new Uint8Array(16)), false);
  assert.deepEqual(message, plaintext.slice().fill(0, 2, 10));
});

test('wiping overwrites the session key, and nothing goes in or out after that', () => {
  const key = sessionKey.slice();
  const context = new NtlmContext(key);
  context.wipe();
  assert.deepEqual(key, new Uint8Array(16));
  const ended = { code: 'ERR_GSS_NO_CONTEXT' };
  const sealed = { start: 0, end: plaintext.length };
  assert.throws(() => context.seal(plaintext.slice(), sealed), ended);
  assert.throws(() => context.sign(plaintext), ended);
  assert.throws(() => context.wrap(plaintext), ended);
  const wrapped = wrappedBy(peer('server-to-client'), plaintext);
  assert.throws(() => context.unwrap(wrapped), ended);
  assert.equal(context.verify(plaintext, new Uint8Array(16)), false);
  assert.equal(context.open(plaintext.slice(), sealed, wrapped.subarray(0, 16)), false);
  context.wipe();
});
