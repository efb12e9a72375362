import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '@ad-protocols/testing';
import { Rc4Protection } from '../../src/gss/rc4-protection.ts';

// Source: [MS-KILE] 4.5, RC4 GSS_WrapEx.
const key = { enctype: 23, value: hex('81a2cb90af7fc2d19554a150d8185359') };
const plaintext = hex('112233445566778899aabbccddeeff');
const token = hex(
  `603b06092a864886f71201020202011100 1000ffffe29e8bbc6348e740 ebaa619244a156a1 3b5cf65e3c21b9aa
   8ed63f0ac83815335b72e293bae1f660`,
);
const sequence = 0x60cbacd3;

function protection(role: 'initiator' | 'acceptor'): Rc4Protection {
  return new Rc4Protection({ role, key, acceptorSubkey: false, sendSequence: sequence, receiveSequence: sequence });
}

test('GSS_WrapEx with RC4 gives the signature and the data of [MS-KILE]', () => {
  assert.deepEqual(protection('initiator').wrap(plaintext, hex('5256f3fb630cf12a')), token);
});

test('the token of [MS-KILE] unwraps on the other side, once', () => {
  const acceptor = protection('acceptor');
  assert.deepEqual(acceptor.unwrap(token), plaintext);
  assert.equal(acceptor.unwrap(token), undefined, 'again');
});

test('the token of [MS-KILE] does not come back to its sender', () => {
  assert.equal(protection('initiator').unwrap(token), undefined);
});
