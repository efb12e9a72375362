import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { MessageSecurity } from '../src/message-security.ts';
import { sealingKey, signingKey } from '../src/session-keys.ts';
import { hex } from '@ad-protocols/testing';

// [MS-NLMP] NTLMv2 Authentication, GSS_WrapEx Examples (4.2.4.4).
const sessionKey = hex('55555555555555555555555555555555');
const plaintext = hex('50006c00610069006e007400650078007400');
const whole = (message: Uint8Array): { start: number; end: number } => ({ start: 0, end: message.length });

test('signing and sealing keys have the values of [MS-NLMP] 4.2.4.4', () => {
  assert.deepEqual(sealingKey(sessionKey, 'client-to-server'), hex('59f600973cc4960a25480a7c196e4c58'));
  assert.deepEqual(signingKey(sessionKey, 'client-to-server'), hex('4788dc861b4782f35d43fd98fe1a2d39'));
});

test('the two directions have different keys', () => {
  assert.notDeepEqual(sealingKey(sessionKey, 'server-to-client'), sealingKey(sessionKey, 'client-to-server'));
  assert.notDeepEqual(signingKey(sessionKey, 'server-to-client'), signingKey(sessionKey, 'client-to-server'));
});

test('a message is sealed and signed as in [MS-NLMP] 4.2.4.4', () => {
  const message = plaintext.slice();
  const signature = new MessageSecurity(sessionKey, 'client-to-server').seal(message, whole(message));
  assert.deepEqual(message, hex('54e50165bf1936dc996020c1811b0f06fb5f'));
  assert.deepEqual(signature, hex('01000000 7fb38ec5c55d4976 00000000'));
});

test('a message of [MS-NLMP] 4.2.4.4 is opened', () => {
  const message = hex('54e50165bf1936dc996020c1811b0f06fb5f');
  const security = new MessageSecurity(sessionKey, 'client-to-server');
  assert.equal(security.open(message, whole(message), hex('01000000 7fb38ec5c55d4976 00000000')), true);
  assert.deepEqual(message, plaintext);
});

test('one changed bit, in the message or in the signature, is noticed', () => {
  const sealed = hex('54e50165bf1936dc996020c1811b0f06fb5f');
  const signature = hex('01000000 7fb38ec5c55d4976 00000000');
  const all = new Uint8Array([...sealed, ...signature]);
  for (let bit = 0; bit < all.length * 8; bit += 1) {
    const damaged = all.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const message = damaged.subarray(0, sealed.length);
    const opened = new MessageSecurity(sessionKey, 'client-to-server');
    assert.equal(opened.open(message, whole(message), damaged.subarray(sealed.length)), false, `bit ${bit}`);
  }
});

test('a signature of another length is noticed', () => {
  const message = hex('54e50165bf1936dc996020c1811b0f06fb5f');
  const security = new MessageSecurity(sessionKey, 'client-to-server');
  assert.equal(security.open(message, whole(message), hex('01000000 7fb38ec5c55d4976 000000')), false);
});

test('a message that is repeated, left out or sent back is noticed', () => {
  const sender = new MessageSecurity(sessionKey, 'client-to-server');
  const first = plaintext.slice();
  const firstSignature = sender.seal(first, whole(first));
  const second = plaintext.slice();
  const secondSignature = sender.seal(second, whole(second));

  const repeated = new MessageSecurity(sessionKey, 'client-to-server');
  assert.equal(repeated.open(first.slice(), whole(first), firstSignature), true);
  assert.equal(repeated.open(first.slice(), whole(first), firstSignature), false);
  const leftOut = new MessageSecurity(sessionKey, 'client-to-server');
  assert.equal(leftOut.open(second.slice(), whole(second), secondSignature), false);
  const sentBack = new MessageSecurity(sessionKey, 'server-to-client');
  assert.equal(sentBack.open(first.slice(), whole(first), firstSignature), false);
});

test('any messages sealed in order open in order, and what is not sealed stays readable', () => {
  const message = fc.record({ head: fc.uint8Array({ maxLength: 40 }), body: fc.uint8Array({ maxLength: 400 }) });
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.array(message, { maxLength: 6 }),
      (key, messages) => {
        const sender = new MessageSecurity(key, 'server-to-client');
        const receiver = new MessageSecurity(key, 'server-to-client');
        for (const { head, body } of messages) {
          const bytes = new Uint8Array([...head, ...body, ...head]);
          const original = bytes.slice();
          const range = { start: head.length, end: head.length + body.length };
          const signature = sender.seal(bytes, range);
          assert.deepEqual(bytes.subarray(0, range.start), head);
          assert.deepEqual(bytes.subarray(range.end), head);
          assert.equal(receiver.open(bytes, range, signature), true);
          assert.deepEqual(bytes, original);
        }
      },
    ),
  );
});
